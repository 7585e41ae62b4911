-- The relay's mail, version 1 (PRAGMA user_version).
-- `used` and `content` are kept right by triggers, so no statement can forget them.

CREATE TABLE user (
    id      INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    salt    BLOB NOT NULL,
    digest  BLOB NOT NULL,
    used    INTEGER NOT NULL DEFAULT 0
);

-- AUTOINCREMENT: the id of a deleted mailbox is never given to another one.
CREATE TABLE mailbox (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user         INTEGER NOT NULL REFERENCES user,
    name         TEXT NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid_next     INTEGER NOT NULL DEFAULT 1,
    opened       INTEGER NOT NULL DEFAULT 0,
    UNIQUE (user, name)
);

-- One row per accepted mail, however many mailboxes hold it. The header stands before the body:
-- SQLite then reads it without touching the pages of a body of many megabytes.
CREATE TABLE content (
    id     INTEGER PRIMARY KEY,
    header BLOB NOT NULL,
    body   BLOB NOT NULL
);

CREATE TABLE message (
    mailbox  INTEGER NOT NULL REFERENCES mailbox,
    uid      INTEGER NOT NULL,
    content  INTEGER NOT NULL REFERENCES content,
    flags    TEXT NOT NULL,
    size     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid)
) WITHOUT ROWID;

CREATE INDEX message_content ON message (content);

CREATE TABLE metadata (
    user    INTEGER NOT NULL REFERENCES user,
    mailbox TEXT NOT NULL,
    entry   TEXT NOT NULL,
    value   BLOB NOT NULL,
    PRIMARY KEY (user, mailbox, entry)
) WITHOUT ROWID;

-- RFC 3501 2.3.1.1: a mailbox that is deleted and created again needs a greater UIDVALIDITY.
CREATE TABLE counter (uid_validity INTEGER NOT NULL);
INSERT INTO counter VALUES (0);

CREATE TRIGGER message_added AFTER INSERT ON message BEGIN
    UPDATE user SET used = used + NEW.size
    WHERE id = (SELECT user FROM mailbox WHERE id = NEW.mailbox);
END;

CREATE TRIGGER message_removed AFTER DELETE ON message BEGIN
    UPDATE user SET used = used - OLD.size
    WHERE id = (SELECT user FROM mailbox WHERE id = OLD.mailbox);
    DELETE FROM content WHERE id = OLD.content
    AND NOT EXISTS (SELECT 1 FROM message WHERE content = OLD.content);
END;

PRAGMA user_version = 1;
