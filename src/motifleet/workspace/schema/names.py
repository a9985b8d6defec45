"""What all tables have in common: their metadata, and columns that come again and again."""

from sqlalchemy import BigInteger, Column, ForeignKey, MetaData, String

# Constraints need names that do not change: migrations speak of them.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identity() -> Column[str]:
    """The id of a row."""
    return Column("id", String(64), primary_key=True)


def text_column(name: str, *, null: bool = False) -> Column[str]:
    """Text of any length."""
    return Column(name, String, nullable=null)


def moment(name: str, *, null: bool = False, index: bool = False) -> Column[int]:
    """A time: milliseconds since 1970 in UTC."""
    return Column(name, BigInteger, nullable=null, index=index)


def reference(name: str, to: str, *, null: bool = False, index: bool = True) -> Column[str]:
    """The id of a row of another table, with which this row goes."""
    link = ForeignKey(to, ondelete="CASCADE")
    return Column(name, String(64), link, nullable=null, index=index)
