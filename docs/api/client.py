"""Say something in a conversation, and follow it across lost connections. Needs the package `websockets`.

LAKESIDE_TOKEN=lks_… python client.py https://chat.example.org lakeside 7 "早"
"""

import json
import os
import random
import sys
import time
import uuid
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

url, org, conversation, text = sys.argv[1:]
url = url.rstrip("/")
auth = {"Authorization": f"Bearer {os.environ['LAKESIDE_TOKEN']}"}
stream = f"conversation:{conversation}"
post = {"type": "message.post", "id": "1", "conversation": int(conversation), "key": str(uuid.uuid4()), "text": text}
cursor, epoch, last = "", 0, 0


def version():
    return int(cursor.rpartition("~")[2] or -1)


def apply(changes, to):
    """Print what is new. Objects come whole, and again when they change: what counts is a message's number."""
    global cursor, last
    for thing in (change["object"] for change in changes):
        if thing and thing["type"] == "message" and thing["seq"] > last:
            last = thing["seq"]
            print(last, "(recalled)" if thing["recalled_at"] else thing["text"], flush=True)
    cursor = to


def catch_up():
    more = True
    while more:
        question = Request(
            f"{url}/api/v1/orgs/{org}/sync/{stream}" + (f"?cursor={cursor}" if cursor else ""), headers=auth
        )
        page = json.load(urlopen(question, timeout=20))
        apply(page["changes"], page["cursor"])
        more = page["more"]


def follow():
    """One connection, from its greeting to its end."""
    global epoch
    with connect(f"{url.replace('http', 'ws', 1)}/ws/v1/orgs/{org}/", additional_headers=auth) as socket:
        for frame in (json.loads(line) for received in socket for line in received.split("\n")):
            if frame["type"] == "hello" and post:
                socket.send(json.dumps(post))
            if frame["type"] == "answer" and 400 <= frame["status"] < 500:
                sys.exit(f"refused: {json.dumps(frame['body'], ensure_ascii=False)}")
            if frame["type"] == "answer" and frame["status"] < 400:
                post.clear()
            # Behind, or the server was restored from a backup: then every number may mean something else.
            if frame.get("heads", {}).get(stream, -1) > version() or frame.get("epoch", epoch) != epoch:
                catch_up()
                epoch = frame.get("epoch", epoch)
            if frame["type"] == "changes" and frame["stream"] == stream and frame["to"] > version():
                if frame["reset"] or version() < frame["from"]:
                    catch_up()
                else:
                    apply(frame["changes"], f"{cursor.rpartition('~')[0]}~{frame['to']}")
        raise ConnectionClosed(socket.protocol.close_rcvd, socket.protocol.close_sent)


delay = 0.5
while True:
    began = time.monotonic()
    try:
        follow()
    except ConnectionClosed as end:
        if end.rcvd and end.rcvd.code in (4001, 4003, 4400):
            sys.exit(f"closed: {end.rcvd.code}")
    except HTTPError as refusal:
        # 429 passes if one waits.
        if refusal.code < 500 and refusal.code != 429:
            sys.exit(f"refused: {refusal.read().decode()}")
    except (OSError, InvalidHandshake):
        pass
    delay = 0.5 if time.monotonic() - began > 30 else min(2 * delay, 30)
    time.sleep(delay * random.uniform(0.5, 1))
