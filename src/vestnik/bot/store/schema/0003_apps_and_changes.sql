-- What goes past the outbox and must not happen twice, such as a forward.
CREATE TABLE done_once (
    key TEXT PRIMARY KEY,
    account INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0, -- 0: begun, and perhaps done
    at INTEGER NOT NULL DEFAULT (strftime('%s', 'now')) -- seconds since 1970
) WITHOUT ROWID;
CREATE INDEX done_once_at ON done_once (at);

-- How far the updates of a webxdc app were handled.
CREATE TABLE webxdc_handled (
    account INTEGER NOT NULL,
    message INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    PRIMARY KEY (account, message)
) WITHOUT ROWID;

-- Updates of webxdc apps that the bot itself has sent.
CREATE TABLE webxdc_own (
    id INTEGER PRIMARY KEY, -- in the order of sending
    name TEXT NOT NULL UNIQUE,
    account INTEGER NOT NULL,
    message INTEGER NOT NULL,
    content TEXT NOT NULL,
    serial INTEGER, -- the number that the core gave it, once it was seen
    at INTEGER NOT NULL DEFAULT (strftime('%s', 'now')) -- seconds since 1970
);
CREATE INDEX webxdc_own_of_app ON webxdc_own (account, message, serial);
CREATE INDEX webxdc_own_at ON webxdc_own (at);

-- Changes of messages that were told to handlers, so that another event tells nothing twice.
CREATE TABLE told_change (
    account INTEGER NOT NULL,
    message INTEGER NOT NULL,
    content BLOB NOT NULL, -- a digest of what was told last
    at INTEGER NOT NULL DEFAULT (strftime('%s', 'now')), -- seconds since 1970
    PRIMARY KEY (account, message)
) WITHOUT ROWID;
CREATE INDEX told_change_at ON told_change (at);
