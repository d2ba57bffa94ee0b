from chat.models.conversation import Conversation
from chat.models.message import Message
from chat.models.participant import Participant, Stay

__all__ = ["Conversation", "Message", "Participant", "Stay"]
