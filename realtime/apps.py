from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from realtime import sync_frames
        from realtime.registry import FrameKind, registry

        registry.add_frame("stream.sync", FrameKind(sync_frames.answer, at_most=256))
