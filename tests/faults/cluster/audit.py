"""What the database itself writes down, by triggers of the tests: who holds a home, and who writes under whose lease.

A process is known by the application name of its connections, which is also its name as the holder of leases.
"""

from typing import LiteralString

TRIGGERS: LiteralString = """
CREATE TABLE audit_lease (
    at timestamptz NOT NULL DEFAULT clock_timestamp(), home text, number bigint, holder text
);
CREATE TABLE audit_write (
    at timestamptz NOT NULL DEFAULT clock_timestamp(), what text, key text, home text, writer text, number bigint,
    holder text
);

CREATE FUNCTION audit_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO audit_lease (home, number, holder) VALUES (OLD.name, OLD.number, NULL);
    ELSIF TG_OP = 'INSERT' OR NEW.number <> OLD.number THEN
        INSERT INTO audit_lease (home, number, holder) VALUES (NEW.name, NEW.number, NEW.holder);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place text;
    about text;
BEGIN
    IF TG_TABLE_NAME = 'inbox' THEN
        place := NEW.home;
        about := NEW.key;
    ELSIF TG_TABLE_NAME = 'post' THEN
        about := NEW.key;
        SELECT NEW.platform || '/' || platform_id || '/' || NEW.channel INTO place FROM community
            WHERE id = NEW.community_id;
    ELSE
        IF TG_TABLE_NAME = 'message' THEN
            about := NEW.id;
        ELSE
            about := NEW.message_id;
        END IF;
        SELECT t.platform || '/' || c.platform_id || '/' || t.channel INTO place FROM message m
            JOIN conversation t ON t.id = m.conversation_id JOIN community c ON c.id = t.community_id
            WHERE m.id = about;
    END IF;
    INSERT INTO audit_write (what, key, home, writer, number, holder)
        SELECT TG_TABLE_NAME || ' ' || lower(TG_OP), about, place, current_setting('application_name'), number, holder
        FROM (SELECT 1) AS one LEFT JOIN lease ON name = place;
    RETURN NULL;
END $$;

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON lease FOR EACH ROW EXECUTE FUNCTION audit_lease();
CREATE TRIGGER audit AFTER UPDATE ON inbox FOR EACH ROW EXECUTE FUNCTION audit_write();
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON post FOR EACH ROW EXECUTE FUNCTION audit_write();
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON message FOR EACH ROW EXECUTE FUNCTION audit_write();
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON rating FOR EACH ROW EXECUTE FUNCTION audit_write();
"""
"""An event that is accepted is written under no lease; all that follows from it must be written under its home's."""

WRITES: LiteralString = "SELECT count(*) FROM audit_write"
LATE: LiteralString = "SELECT * FROM audit_write WHERE writer IS DISTINCT FROM holder ORDER BY at"
LEASES: LiteralString = "SELECT extract(epoch FROM at)::float8, home, holder FROM audit_lease ORDER BY at, number"
UNDONE: LiteralString = "SELECT key, state FROM inbox WHERE state <> 'done' ORDER BY number"
ACCEPTED: LiteralString = "SELECT key FROM inbox"
ANSWERS: LiteralString = (
    "SELECT p.key, m.state, m.text, i.attempts FROM post p JOIN message m ON m.id = p.message_id"
    " JOIN inbox i ON p.key = i.key || '#answer' WHERE m.role = 'assistant' AND p.part = 0 ORDER BY m.created_at"
)
QUESTIONS: LiteralString = "SELECT platform_id, count(*)::int FROM message WHERE role = 'prompter' GROUP BY platform_id"
POSTS: LiteralString = "SELECT key, state FROM post WHERE state <> 'sent'"
RATINGS: LiteralString = "SELECT event_key, value FROM rating_event"
RATED: LiteralString = "SELECT count(*) FROM rating WHERE value <> 0"
ORDER: LiteralString = (
    "SELECT m.platform_id, before.platform_id FROM message m LEFT JOIN message answer ON answer.id = m.parent_id"
    " LEFT JOIN message before ON before.id = answer.parent_id WHERE m.role = 'prompter'"
)
"""Each question, with the one whose answer it follows."""

HELD: LiteralString = "SELECT name, holder, until, clock_timestamp() FROM lease"
CONNECTED: LiteralString = (
    "SELECT application_name, state, wait_event, query, clock_timestamp() - state_change FROM pg_stat_activity"
    " WHERE application_name <> ''"
)
