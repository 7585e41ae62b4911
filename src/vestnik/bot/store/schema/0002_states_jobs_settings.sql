-- Conversations and the states they are in.
CREATE TABLE state (
    account INTEGER NOT NULL,
    chat INTEGER NOT NULL,
    contact INTEGER NOT NULL, -- 0: the state of the chat itself
    name TEXT, -- nothing: it ended, and `cause` may be handled once more
    data BLOB,
    cause INTEGER, -- the message whose handling wrote this
    name_before TEXT, -- what that message found
    data_before BLOB,
    changed REAL NOT NULL, -- seconds since 1970
    PRIMARY KEY (account, chat, contact)
) WITHOUT ROWID;

-- What is to be done later, or again and again.
-- AUTOINCREMENT: the names of runs are made of ids, so that none may come twice.
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT UNIQUE, -- the caller's name for it: what exists under it is not made again
    name TEXT NOT NULL, -- that of its handler
    account INTEGER,
    payload BLOB NOT NULL,
    recurrence BLOB, -- nothing: it runs once
    due REAL, -- seconds since 1970; nothing: it is over, and kept for its key
    runs INTEGER NOT NULL DEFAULT 0, -- how many have ended
    parked INTEGER NOT NULL DEFAULT 0, -- its payload cannot be read
    over REAL -- when it ended
);
CREATE INDEX job_due ON job (due) WHERE due IS NOT NULL;
CREATE INDEX job_over ON job (over) WHERE over IS NOT NULL;

-- Settings that are not at their default.
CREATE TABLE setting (
    account INTEGER NOT NULL,
    chat INTEGER NOT NULL, -- 0: of the account, in all chats
    name TEXT NOT NULL,
    value TEXT NOT NULL, -- JSON
    PRIMARY KEY (account, chat, name)
) WITHOUT ROWID;
