"""Files of hosted bots: uploads that can be sent, and links by which attachments are fetched.

- `links`, `keys`, `names`: pure; unguessable links that expire, the key they are signed with, and
  names of files that hurt nobody.
- `uploads`: what programs have sent here to be attached to a message.
- `attachments`: the file behind a link.
"""
