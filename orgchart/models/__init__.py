from orgchart.models.department import Department, Placement
from orgchart.models.invitation import Invitation
from orgchart.models.member import Member
from orgchart.models.organization import Organization

__all__ = ["Department", "Invitation", "Member", "Organization", "Placement"]
