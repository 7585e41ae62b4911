"""Bots in any language: what happens in a core goes out as notifications, orders come in.

- `model`, `registry`: the bots that are hosted, and which account of the core each of them has.
- `forwarding`: core events and incoming messages become notifications.
- `calls`: JSON-RPC of the programs behind the bots, bound to the account of each.
- `files`: uploads that can be sent, links by which attachments can be fetched.
- `hosting`: all of it put together around one supervised core.
- `channel`: notifications as encrypted messages, by a bot of the server's own.
"""
