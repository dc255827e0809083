"""The Vulnerable Person Registry: registrations, emergency cards, who opened them, and the search among the cards.

The triggers keep `card_search` and its full-text index `card_words` true whoever writes a card: a service, colleagues'
changes that are merged, a replay of the journal. A card that is removed leaves the search; one that comes back returns.
Telephone numbers are indexed by each of their endings of three digits or more, so that any fragment is a prefix.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SEARCHED = (
    "legal_first",
    "legal_middle",
    "legal_last",
    "preferred_name",
    "aliases",
    "addresses",
    "devices",
    "contacts",
    "removed_at",
)


def _each(column: str, walk: str = "json_each") -> str:
    """The members of a JSON column; damaged JSON has none, so that no colleague's change can stop a merge."""
    return f"{walk}(CASE WHEN json_valid(NEW.{column}) THEN NEW.{column} END)"


def _words(*columns: str) -> str:
    return " || ' ' || ".join(f"coalesce(NEW.{column}, '')" for column in columns)


_NAMES = (
    _words("legal_first", "legal_middle", "legal_last", "preferred_name")
    + f" || ' ' || coalesce((SELECT group_concat(atom, ' ') FROM {_each('aliases')} WHERE type = 'text'), '')"
)
_PLACES = (
    f"coalesce((SELECT group_concat(atom, ' ') FROM {_each('addresses', 'json_tree')}"
    " WHERE type = 'text' AND key IN ('text', 'municipality')), '')"
)
_PHONES = (
    f"SELECT atom FROM {_each('contacts', 'json_tree')} WHERE type = 'text' AND key IN ('phone', 'other_phone')"
    f" UNION ALL SELECT atom FROM {_each('devices', 'json_tree')} WHERE type = 'text' AND key = 'number'"
)
_DIGITS = "atom"
for _mark in " +-().":
    _DIGITS = f"replace({_DIGITS}, '{_mark}', '')"
_NUMBERS = (
    "coalesce((SELECT group_concat(substr(phone.digits, start.value), ' ')"
    f" FROM (SELECT substr({_DIGITS}, 1, 15) AS digits FROM ({_PHONES})) AS phone,"
    " json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13]') AS start"
    " WHERE length(phone.digits) - start.value >= 2), '')"
)
_FORGET = "DELETE FROM card_search WHERE card_id = OLD.id;"
_INDEX = (
    "DELETE FROM card_search WHERE card_id = NEW.id;"
    " INSERT INTO card_search (card_id, names, places, numbers)"
    f" SELECT NEW.id, {_NAMES}, {_PLACES}, {_NUMBERS} WHERE NEW.removed_at IS NULL;"
)
_CHANGED = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _SEARCHED)
_DROP_WORDS = (
    "INSERT INTO card_words (card_words, rowid, names, places, numbers)"
    " VALUES ('delete', OLD.place, OLD.names, OLD.places, OLD.numbers);"
)
_ADD_WORDS = (
    "INSERT INTO card_words (rowid, names, places, numbers) VALUES (NEW.place, NEW.names, NEW.places, NEW.numbers);"
)

_INDEXES = (
    (
        "CREATE VIRTUAL TABLE card_words USING fts5(names, places, numbers, content='card_search',"
        " content_rowid='place', columnsize=0, prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
    ),
    f"CREATE TRIGGER card_search_insert AFTER INSERT ON card_search BEGIN {_ADD_WORDS} END",
    f"CREATE TRIGGER card_search_delete AFTER DELETE ON card_search BEGIN {_DROP_WORDS} END",
    f"CREATE TRIGGER card_search_update AFTER UPDATE ON card_search BEGIN {_DROP_WORDS} {_ADD_WORDS} END",
    f"CREATE TRIGGER emergency_card_found AFTER INSERT ON emergency_card BEGIN {_INDEX} END",
    (
        f"CREATE TRIGGER emergency_card_changed AFTER UPDATE OF {', '.join(_SEARCHED)} ON emergency_card"
        f" WHEN {_CHANGED} BEGIN {_INDEX} END"
    ),
    f"CREATE TRIGGER emergency_card_gone AFTER DELETE ON emergency_card BEGIN {_FORGET} END",
)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "card_search",
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("card_id"),
    )
    op.create_table(
        "card_view",
        sa.Column("card_id", sa.Text(), nullable=True),
        sa.Column("registration_id", sa.Text(), nullable=True),
        sa.Column("viewed_at", sa.Text(), nullable=True),
        sa.Column("viewer_id", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurrence_no", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.Text(), nullable=True),
        sa.Column("removed_reason", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("flagged", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("unknown", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_card_view_card_id"), "card_view", ["card_id"], unique=False)
    op.create_index(op.f("ix_card_view_registration_id"), "card_view", ["registration_id"], unique=False)
    op.create_index(op.f("ix_card_view_scope_id"), "card_view", ["scope_id"], unique=False)
    op.create_index(op.f("ix_card_view_viewed_at"), "card_view", ["viewed_at"], unique=False)
    op.create_table(
        "emergency_card",
        sa.Column("registration_id", sa.Text(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=True),
        sa.Column("share_police", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("legal_first", sa.Text(), nullable=True),
        sa.Column("legal_middle", sa.Text(), nullable=True),
        sa.Column("legal_last", sa.Text(), nullable=True),
        sa.Column("preferred_name", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("dob", sa.Text(), nullable=True),
        sa.Column("dob_precision", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("gender_text", sa.Text(), nullable=True),
        sa.Column("languages", sa.Text(), nullable=True),
        sa.Column("addresses", sa.Text(), nullable=True),
        sa.Column("devices", sa.Text(), nullable=True),
        sa.Column("height_cm", sa.Integer(), nullable=True),
        sa.Column("weight_kg", sa.Integer(), nullable=True),
        sa.Column("build", sa.Text(), nullable=True),
        sa.Column("hair", sa.Text(), nullable=True),
        sa.Column("facial_hair", sa.Text(), nullable=True),
        sa.Column("eyes", sa.Text(), nullable=True),
        sa.Column("complexion", sa.Text(), nullable=True),
        sa.Column("worn_aids", sa.Text(), nullable=True),
        sa.Column("marks", sa.Text(), nullable=True),
        sa.Column("clothing", sa.Text(), nullable=True),
        sa.Column("carried", sa.Text(), nullable=True),
        sa.Column("medical_id", sa.Text(), nullable=True),
        sa.Column("mobility", sa.Text(), nullable=True),
        sa.Column("swims", sa.Text(), nullable=True),
        sa.Column("vehicles", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("conditions_text", sa.Text(), nullable=True),
        sa.Column("medical_alerts", sa.Text(), nullable=True),
        sa.Column("life_threatening", sa.Boolean(), nullable=True),
        sa.Column("life_threatening_text", sa.Text(), nullable=True),
        sa.Column("communication", sa.Text(), nullable=True),
        sa.Column("communication_text", sa.Text(), nullable=True),
        sa.Column("sensory", sa.Text(), nullable=True),
        sa.Column("sensory_text", sa.Text(), nullable=True),
        sa.Column("triggers", sa.Text(), nullable=True),
        sa.Column("distress_signs", sa.Text(), nullable=True),
        sa.Column("calming", sa.Text(), nullable=True),
        sa.Column("approach", sa.Text(), nullable=True),
        sa.Column("do_not", sa.Text(), nullable=True),
        sa.Column("risks", sa.Text(), nullable=True),
        sa.Column("risks_text", sa.Text(), nullable=True),
        sa.Column("attractions", sa.Text(), nullable=True),
        sa.Column("attractions_text", sa.Text(), nullable=True),
        sa.Column("fears", sa.Text(), nullable=True),
        sa.Column("places", sa.Text(), nullable=True),
        sa.Column("wander_history", sa.Text(), nullable=True),
        sa.Column("hiding_habits", sa.Text(), nullable=True),
        sa.Column("responds_to_searchers", sa.Text(), nullable=True),
        sa.Column("home_hazards", sa.Text(), nullable=True),
        sa.Column("contacts", sa.Text(), nullable=True),
        sa.Column("custody_warning", sa.Text(), nullable=True),
        sa.Column("officer_note", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.Text(), nullable=True),
        sa.Column("removed_reason", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("flagged", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("unknown", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_emergency_card_registration_id"), "emergency_card", ["registration_id"], unique=False)
    op.create_index(op.f("ix_emergency_card_scope_id"), "emergency_card", ["scope_id"], unique=False)
    op.create_table(
        "registration",
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("submitter_name", sa.Text(), nullable=True),
        sa.Column("submitter_phone", sa.Text(), nullable=True),
        sa.Column("submitter_email", sa.Text(), nullable=True),
        sa.Column("submitter_address", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("authority_evidence", sa.Text(), nullable=True),
        sa.Column("id_checked", sa.Boolean(), nullable=True),
        sa.Column("residence_link", sa.Text(), nullable=True),
        sa.Column("consents", sa.Text(), nullable=True),
        sa.Column("consented_on", sa.Text(), nullable=True),
        sa.Column("notice_version", sa.Text(), nullable=True),
        sa.Column("declared_true", sa.Boolean(), nullable=True),
        sa.Column("routines", sa.Text(), nullable=True),
        sa.Column("past_places", sa.Text(), nullable=True),
        sa.Column("important_dates", sa.Text(), nullable=True),
        sa.Column("helpers", sa.Text(), nullable=True),
        sa.Column("submitted_on", sa.Text(), nullable=True),
        sa.Column("verified_on", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("activated_on", sa.Text(), nullable=True),
        sa.Column("provisional_reason", sa.Text(), nullable=True),
        sa.Column("provisional_by", sa.Text(), nullable=True),
        sa.Column("renewed_on", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("legal_first", sa.Text(), nullable=True),
        sa.Column("legal_middle", sa.Text(), nullable=True),
        sa.Column("legal_last", sa.Text(), nullable=True),
        sa.Column("preferred_name", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("dob", sa.Text(), nullable=True),
        sa.Column("dob_precision", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("gender_text", sa.Text(), nullable=True),
        sa.Column("languages", sa.Text(), nullable=True),
        sa.Column("addresses", sa.Text(), nullable=True),
        sa.Column("devices", sa.Text(), nullable=True),
        sa.Column("height_cm", sa.Integer(), nullable=True),
        sa.Column("weight_kg", sa.Integer(), nullable=True),
        sa.Column("build", sa.Text(), nullable=True),
        sa.Column("hair", sa.Text(), nullable=True),
        sa.Column("facial_hair", sa.Text(), nullable=True),
        sa.Column("eyes", sa.Text(), nullable=True),
        sa.Column("complexion", sa.Text(), nullable=True),
        sa.Column("worn_aids", sa.Text(), nullable=True),
        sa.Column("marks", sa.Text(), nullable=True),
        sa.Column("clothing", sa.Text(), nullable=True),
        sa.Column("carried", sa.Text(), nullable=True),
        sa.Column("medical_id", sa.Text(), nullable=True),
        sa.Column("mobility", sa.Text(), nullable=True),
        sa.Column("swims", sa.Text(), nullable=True),
        sa.Column("vehicles", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("conditions_text", sa.Text(), nullable=True),
        sa.Column("medical_alerts", sa.Text(), nullable=True),
        sa.Column("life_threatening", sa.Boolean(), nullable=True),
        sa.Column("life_threatening_text", sa.Text(), nullable=True),
        sa.Column("communication", sa.Text(), nullable=True),
        sa.Column("communication_text", sa.Text(), nullable=True),
        sa.Column("sensory", sa.Text(), nullable=True),
        sa.Column("sensory_text", sa.Text(), nullable=True),
        sa.Column("triggers", sa.Text(), nullable=True),
        sa.Column("distress_signs", sa.Text(), nullable=True),
        sa.Column("calming", sa.Text(), nullable=True),
        sa.Column("approach", sa.Text(), nullable=True),
        sa.Column("do_not", sa.Text(), nullable=True),
        sa.Column("risks", sa.Text(), nullable=True),
        sa.Column("risks_text", sa.Text(), nullable=True),
        sa.Column("attractions", sa.Text(), nullable=True),
        sa.Column("attractions_text", sa.Text(), nullable=True),
        sa.Column("fears", sa.Text(), nullable=True),
        sa.Column("places", sa.Text(), nullable=True),
        sa.Column("wander_history", sa.Text(), nullable=True),
        sa.Column("hiding_habits", sa.Text(), nullable=True),
        sa.Column("responds_to_searchers", sa.Text(), nullable=True),
        sa.Column("home_hazards", sa.Text(), nullable=True),
        sa.Column("contacts", sa.Text(), nullable=True),
        sa.Column("custody_warning", sa.Text(), nullable=True),
        sa.Column("officer_note", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.Text(), nullable=True),
        sa.Column("removed_reason", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("flagged", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("unknown", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_registration_scope_id"), "registration", ["scope_id"], unique=False)
    op.create_index(op.f("ix_registration_status"), "registration", ["status"], unique=False)
    # On an officer's laptop with 20,000 cards the log is long, and counting what was set aside read all of it.
    op.create_index(
        "ix_change_set_aside", "change", ["state"], unique=False, sqlite_where=sa.text("state <> 'applied'")
    )
    for statement in _INDEXES:
        op.execute(statement)


def downgrade() -> None:
    """Drop them; the triggers go with their tables."""
    op.drop_index("ix_change_set_aside", table_name="change")
    op.drop_table("emergency_card")
    op.drop_table("card_words")
    op.drop_table("card_search")
    op.drop_table("card_view")
    op.drop_table("registration")
