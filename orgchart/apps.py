from django.apps import AppConfig


class OrgchartConfig(AppConfig):
    name = "orgchart"

    def ready(self) -> None:
        from accounts.registry import registry as accounts
        from orgchart import gate, memberships, streams, tasks
        from outbox import kinds
        from realtime.gate import gate as door
        from realtime.registry import registry as realtime

        accounts.streams_of = memberships.streams_of
        accounts.streams_about = memberships.streams_about
        accounts.tell_presence = memberships.tell_presence
        accounts.owned_alone = memberships.owned_alone
        accounts.organizations_of = memberships.organizations_of
        door.admit = gate.admit
        door.still_good = gate.still_good
        door.visible_members = gate.visible_members
        realtime.add_stream(streams.OrganizationStream())
        realtime.add_stream(streams.member_stream)
        realtime.add_renderer("member", streams.render_members)
        realtime.add_renderer("department", streams.render_departments)
        kinds.register("mail.invitation", tasks.mail_invitation, queue="mail")
