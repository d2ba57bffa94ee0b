"""Say something in a conversation, and follow it across lost connections until Ctrl+C.

pip install websockets
LAKESIDE_TOKEN=lks_… python client.py https://chat.example.org lakeside 7 "早"
"""

import json
import os
import random
import re
import sys
import time
import uuid

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

if len(sys.argv) != 5:
    sys.exit(__doc__)
url, org, number, text = sys.argv[1:]
address = f"{url.rstrip('/').replace('http', 'ws', 1)}/ws/v1/orgs/{org}/"
auth = {"Authorization": f"Bearer {os.environ['LAKESIDE_TOKEN'].strip()}"}
stream, shown, delay = f"conversation:{number}", set(), 0.5
post = {"type": "message.post", "id": "post", "conversation": int(number), "key": str(uuid.uuid4()), "text": text}
place, version, epoch = "", -1, 0  # up to where the conversation is known: a cursor in its two halves


def show(changes):
    """Print what is new. An object comes whole, and comes again when it changes."""
    messages = [change["object"] for change in changes if change["object"]["type"] == "message"]
    for message in sorted(messages, key=lambda message: message["seq"]):
        if message["seq"] not in shown:
            # What others wrote must not steer the terminal.
            text = re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", message["text"])
            print(message["seq"], "(recalled)" if message["recalled_at"] else text, flush=True)
            shown.add(message["seq"])


def follow(socket):
    """One connection, from its greeting to its end."""
    global place, version, epoch
    is_behind = is_asked = False
    for frame in (json.loads(line) for received in socket for line in received.split("\n")):
        match frame:
            case {"type": "hello" | "heartbeat" as kind, "heads": heads}:
                # A hello names all that one may follow, a heartbeat what moved. Another epoch: restored from a backup.
                told = heads.get(stream, version if kind == "heartbeat" else None)
                is_behind |= told != version or frame["epoch"] != epoch
                epoch = frame["epoch"]
                if kind == "hello" and post:
                    socket.send(json.dumps(post))
            case {"type": "changes", "stream": name} if name == stream:
                if frame["from"] <= version < frame["to"] and frame["epoch"] == epoch and not frame["reset"]:
                    show(frame["changes"])
                    version = frame["to"]
                else:
                    is_behind |= frame["to"] > version
            case {"type": "changes", "stream": name}:
                # Something about oneself: perhaps a removal. Then the next answer is a 404.
                is_behind |= name.startswith("member:")
            case {"type": "answer", "id": "sync", "status": 200, "body": page}:
                show(page["changes"])
                place, _, at = page["cursor"].rpartition("~")
                version = int(at) if page["reset"] else max(version, int(at))
                is_behind, is_asked = is_behind or page["more"], False
            case {"type": "answer", "id": "post", "status": 201}:
                post.clear()
            case {"type": "answer", "status": 500 | 503}:
                return  # and do it again: the key says that it is the same message
            case {"type": "answer", "body": problem}:
                sys.exit(f"refused: {json.dumps(problem, ensure_ascii=False)}")
        if is_behind and not is_asked:
            cursor = {"cursor": f"{place}~{version}"} if place else {}
            socket.send(json.dumps({"type": "stream.sync", "id": "sync", "stream": stream, **cursor}))
            is_behind, is_asked = False, True


while True:
    began = time.monotonic()
    try:
        with connect(address, additional_headers=auth, max_size=None) as socket:
            follow(socket)
    except ConnectionClosed as end:
        if end.rcvd and end.rcvd.code in (4001, 4003, 4400):
            sys.exit(f"closed: {end.rcvd.code}")
    except (OSError, InvalidHandshake) as problem:
        # Its words could name the token.
        print(f"not connected: {type(problem).__name__}", file=sys.stderr, flush=True)
    delay = 0.5 if time.monotonic() - began > 30 else min(2 * delay, 30)
    time.sleep(delay * random.uniform(0.5, 1))
