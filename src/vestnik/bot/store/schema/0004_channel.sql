-- Chats in which owners are told what happens, see vestnik.bridge.channel.
CREATE TABLE channel_chat (
    account INTEGER NOT NULL,
    chat INTEGER NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL, -- waiting, joined, open, ending
    reason TEXT NOT NULL DEFAULT '', -- why it ends
    link TEXT NOT NULL, -- the code by which one joins; it works once
    created INTEGER NOT NULL, -- milliseconds since 1970, as all moments here
    expires INTEGER NOT NULL, -- when the code ends if nobody has come
    member INTEGER, -- who came by the code
    choice TEXT NOT NULL DEFAULT '{}', -- JSON: which types are told
    muted_until INTEGER, -- nothing: not muted
    skipped INTEGER NOT NULL DEFAULT 0, -- how many were not told because it was muted
    epoch TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL DEFAULT 0, -- everything up to this offset is done with
    planned INTEGER, -- what is being told now goes up to here
    PRIMARY KEY (account, chat)
) WITHOUT ROWID;
CREATE INDEX channel_chat_owner ON channel_chat (account, owner);

-- When strangers were last told how to get an invitation.
CREATE TABLE channel_hint (
    account INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, contact)
) WITHOUT ROWID;
