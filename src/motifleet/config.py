"""The settings: one object, from ``motifleet.toml`` in the home folder and ``MOTIFLEET_*``.

Environment variables win over the file, arguments win over both.
"""

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as CannotParseError

from motifleet.errors import SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SETTINGS_FILE = "motifleet.toml"


class Settings(BaseSettings):
    """What an installation can be told.

    >>> settings = Settings(home="fleet-home", threads=2)
    >>> settings.threads, settings.namespace
    (2, 'motifleet')
    """

    model_config = SettingsConfigDict(env_prefix="MOTIFLEET_", extra="forbid", frozen=True)

    home: Path = Field(
        default=Path(".motifleet"), description="The home folder: catalog, warehouse, reports."
    )
    catalog: dict[str, str] = Field(
        default_factory=dict,
        description="Properties of the Iceberg catalog, as PyIceberg names them; "
        "empty: SQLite and local files in the home folder.",
    )
    namespace: str = Field(
        default="motifleet", pattern=r"^[a-z0-9_]+$", description="The catalog's namespace in use."
    )
    batch_rows: int = Field(
        default=500_000, ge=1, description="How many reports an import lands in one append."
    )
    threads: int = Field(
        default=0, ge=0, description="Threads of the kernels; 0: one for each core."
    )
    page_rows: int = Field(
        default=2_000_000, ge=1, description="How many reports a search has in memory at a time."
    )
    engine: Literal["local", "spark"] = Field(
        default="local", description="Who works through the devices of a table."
    )
    simd: Literal["auto", "avx512", "avx2", "neon", "scalar"] = Field(
        default="auto", description="The kernels' instruction set; auto: the widest there is."
    )

    tracking_uri: str = Field(
        default="",
        description="MLflow's tracking and registry, as MLflow writes it; "
        "empty: mlflow.db and mlartifacts/ in the home folder.",
    )

    database_url: str = Field(
        default="",
        description="The database of projects, deployments and predictions, as SQLAlchemy writes "
        "it (postgresql://user@host/name); empty: workspace.db in the home folder.",
    )
    database_durable: bool = Field(
        default=False,
        description="Whether SQLite waits for the disk at each commit, so that a power cut takes "
        "nothing either.",
    )
    request_seconds: float = Field(
        default=30.0, gt=0, le=3600, description="The time limit of a request to an endpoint."
    )
    log_bytes: int = Field(
        default=10_000_000,
        ge=10_000,
        description="How large each log file of the server grows before it is turned over.",
    )

    sample_seconds: float = Field(
        default=15.0, ge=1, le=3600, description="How often technical metrics are sampled."
    )
    sample_days: float = Field(
        default=7.0, gt=0, le=3650, description="For how long samples are kept."
    )
    alert_seconds: float = Field(
        default=15.0, ge=1, le=3600, description="How often alert rules are looked at."
    )
    drift_seconds: float = Field(
        default=3600.0, ge=0, description="How often drift is measured; 0: never by itself."
    )
    archive_days: float = Field(
        default=30.0,
        ge=0,
        description="After how long predictions move to the archive; 0: never by themselves.",
    )
    webhook_private: bool = Field(
        default=False,
        description="Whether webhooks may be on this machine or in a private network.",
    )
    smtp_host: str = Field(default="", description="The mail server that alerts are sent by.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection to the mail server is protected."
    )
    smtp_user: str = Field(default="", description="The name to log in with; empty: none.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="The password to it.")
    smtp_from: str = Field(
        default="motifleet@localhost", description="Who letters about alerts come from."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the home's settings file."""
        chosen = init_settings().get("home") or os.environ.get("MOTIFLEET_HOME")
        file = Path(chosen or ".motifleet") / SETTINGS_FILE
        del dotenv_settings, file_secret_settings  # neither is read
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file)

    @property
    def settings_file(self) -> Path:
        """Where this installation's settings file is looked for."""
        return self.home / SETTINGS_FILE


def load_settings(home: Path | str | None = None, **values: Any) -> Settings:
    """Read the settings of a home folder.

    Args:
        home: the home folder; without it ``MOTIFLEET_HOME``, else ``.motifleet`` right here.
        values: settings that win over the environment and the file.

    Raises:
        SettingsError: the file is no TOML, or a setting is unknown or out of its bounds.

    >>> load_settings("fleet-home", batch_rows=1000).batch_rows
    1000
    """
    if home is not None:
        values["home"] = Path(home)
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(each) for each in error.errors())) from None
    except CannotParseError as error:
        raise SettingsError(f"{error}: expected JSON where a setting holds a table") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{SETTINGS_FILE} cannot be read: {error}") from error


def _sentence(error: "ErrorDetails") -> str:
    name = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        near = get_close_matches(name, Settings.model_fields, n=1, cutoff=0.5)
        hint = (
            f"did you mean {near[0]!r}?"
            if near
            else f"there are {', '.join(Settings.model_fields)}"
        )
        return f"no setting {name!r}: {hint}"
    return f"setting {name!r} has value {error['input']!r}: {error['msg']}"


def prepare_home(settings: Settings) -> Path:
    """Make the home folder, readable by its owner alone, and return its absolute path.

    Raises:
        SettingsError: the folder cannot be made or written to.
    """
    home = settings.home.expanduser().absolute()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{_UNUSABLE} {home} cannot be made: {error.strerror}") from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise SettingsError(f"{_UNUSABLE} {home} is not writable")
    return home


_UNUSABLE = "expected a home folder to write to (--home or MOTIFLEET_HOME):"
