from django.urls import path

from chat import api

_ORG = "orgs/<slug:org>/"
_ONE = _ORG + "conversations/<id:conversation_id>"

urlpatterns = [
    path(_ORG + "conversations", api.Conversations.as_view(), name="api-conversations"),
    path(_ONE, api.OneConversation.as_view(), name="api-conversation"),
    path(_ONE + "/participants", api.Participants.as_view(), name="api-participants"),
    path(_ONE + "/participants/<id:member_id>", api.OneParticipant.as_view(), name="api-participant"),
    path(_ONE + "/messages", api.Messages.as_view(), name="api-messages"),
    path(_ONE + "/messages/<id:message_id>", api.OneMessage.as_view(), name="api-message"),
    path(_ONE + "/messages/<id:message_id>/recall", api.Recall.as_view(), name="api-message-recall"),
    path(_ONE + "/read-marker", api.ReadMarker.as_view(), name="api-read-marker"),
    path(_ONE + "/seen-marker", api.SeenMarker.as_view(), name="api-seen-marker"),
    path(_ONE + "/unread-marker", api.UnreadMarker.as_view(), name="api-unread-marker"),
    path(_ONE + "/membership", api.OwnMembership.as_view(), name="api-membership"),
    path(_ORG + "sync/<str:stream>", api.Sync.as_view(), name="api-sync"),
]
