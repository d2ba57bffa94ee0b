"""May this member do that? Pure questions, asked by actions and by pages that hide buttons."""

from orgchart.models import Member


def may_invite(member: Member) -> bool:
    """Owners and administrators invite."""
    return member.is_administrator


def may_update(member: Member, target: Member) -> bool:
    """Everybody their own name; owners and administrators everybody's name and title."""
    return member.pk == target.pk or member.is_administrator


def may_give_role(member: Member, target: Member, role: str) -> bool:
    """Owners give any role. Administrators make administrators of members, but don't touch owners."""
    if member.role == Member.Role.OWNER:
        return True
    return member.role == Member.Role.ADMIN and Member.Role.OWNER not in {target.role, role}


def may_arrange(member: Member) -> bool:
    """Owners and administrators say which departments there are, who stands where and who reports to whom."""
    return member.is_administrator


def may_deactivate(member: Member, target: Member) -> bool:
    """Owners anybody, administrators anybody but owners; nobody themselves."""
    if member.pk == target.pk:
        return False
    return member.role == Member.Role.OWNER or (member.role == Member.Role.ADMIN and target.role != Member.Role.OWNER)
