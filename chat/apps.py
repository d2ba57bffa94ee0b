from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from chat import changes, frames, store, streams, tasks
        from orgchart import pages
        from orgchart.streams import member_stream
        from outbox import kinds
        from realtime.registry import FrameKind, registry

        registry.add_stream(streams.ConversationStream())
        registry.add_renderer("message", streams.render_messages)
        registry.add_renderer("conversation", streams.render_conversations, resetting=changes.RESETTING)
        registry.add_renderer("participant", streams.render_participants)
        registry.add_renderer("membership", streams.render_memberships)
        registry.add_renderer("marker", streams.render_memberships)
        member_stream.parts.append(streams.member_windows)
        registry.add_frame("message.post", FrameKind(frames.post))
        pages.waiting["chat"] = lambda member: store.unread_total(member.pk)
        kinds.register_gathering("message.fan_out", tasks.fan_out)
