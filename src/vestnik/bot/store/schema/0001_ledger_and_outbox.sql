-- A version of the schema is a file of this folder; one that was released is never changed.

-- Which account an id stands for, so that an id that begins anew does not inherit memories.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL
);

-- Incoming messages that were given to handlers.
CREATE TABLE taken (
    account INTEGER NOT NULL,
    message INTEGER NOT NULL,
    chat INTEGER NOT NULL,
    runs INTEGER NOT NULL DEFAULT 1, -- how often it was given to them
    finished INTEGER NOT NULL DEFAULT 0,
    at REAL NOT NULL, -- seconds since 1970
    PRIMARY KEY (account, message)
) WITHOUT ROWID;
CREATE INDEX taken_unfinished ON taken (account, message) WHERE finished = 0;

-- Contacts that were welcomed.
CREATE TABLE greeted (
    account INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    PRIMARY KEY (account, contact)
) WITHOUT ROWID;

-- Messages to be sent, and for a while those that were.
CREATE TABLE outgoing (
    id INTEGER PRIMARY KEY, -- in the order of calls
    account INTEGER NOT NULL,
    chat INTEGER NOT NULL,
    key TEXT, -- the caller's name for it: what was sent under it is not sent again
    urgent INTEGER NOT NULL,
    cost INTEGER NOT NULL, -- mails that it takes
    state INTEGER NOT NULL, -- 0 queued, 1 given to the core, 2 taken by the core
    floor INTEGER NOT NULL DEFAULT 0, -- the message it became has a greater id
    message INTEGER, -- the message that it became
    data TEXT, -- what to send, as the core takes it; nothing once it is sent
    at REAL NOT NULL -- seconds since 1970
);
CREATE UNIQUE INDEX outgoing_key ON outgoing (account, key) WHERE key IS NOT NULL;
CREATE INDEX outgoing_pending ON outgoing (id) WHERE state < 2;
