"""What `motifleet.app` offers, and the module that each name is loaded from on its first use."""

from .alerts import Alert as Alert
from .alerts import Alerts as Alerts
from .background import BackgroundServer as BackgroundServer
from .builds import Background as Background
from .demo import (
    DemoResult as DemoResult,
)
from .demo import (
    Phase as Phase,
)
from .demo import (
    run_demo as run_demo,
)
from .devices import Alike as Alike
from .devices import Devices as Devices
from .drawn_fences import DrawnFences as DrawnFences
from .drift import Drift as Drift
from .endpoint_simulation import EndpointSimulation as EndpointSimulation
from .endpoint_simulation import Requests as Requests
from .figures import overlay_figure as overlay_figure
from .geo import Geo as Geo
from .home import Motifleet as Motifleet
from .home import open_home as open_home
from .imports import validate_file as validate_file
from .index_store import Indexed as Indexed
from .jobs import Jobs as Jobs
from .lab import (
    Demonstration as Demonstration,
)
from .lab import (
    LabResult as LabResult,
)
from .lab import (
    StepResult as StepResult,
)
from .lab import (
    demonstrate as demonstrate,
)
from .lab import (
    run_lab as run_lab,
)
from .log_figure import answers_figure as answers_figure
from .models import Models as Models
from .monitor_figures import (
    drift_figure as drift_figure,
)
from .monitor_figures import (
    quality_figure as quality_figure,
)
from .monitor_figures import (
    samples_figure as samples_figure,
)
from .monitoring import Monitoring as Monitoring
from .notebooks import copy_notebooks as copy_notebooks
from .notebooks import open_notebooks as open_notebooks
from .of_rooms import (
    ENDPOINT_KINDS as ENDPOINT_KINDS,
)
from .of_rooms import (
    AccessKey as AccessKey,
)
from .of_rooms import (
    Actor as Actor,
)
from .of_rooms import (
    ApiKey as ApiKey,
)
from .of_rooms import (
    AuditEntry as AuditEntry,
)
from .of_rooms import (
    Build as Build,
)
from .of_rooms import (
    Deployment as Deployment,
)
from .of_rooms import (
    Endpoint as Endpoint,
)
from .of_rooms import (
    EndpointKind as EndpointKind,
)
from .of_rooms import (
    Job as Job,
)
from .of_rooms import (
    JobPlan as JobPlan,
)
from .of_rooms import (
    JobRun as JobRun,
)
from .of_rooms import (
    Keeping as Keeping,
)
from .of_rooms import (
    Listen as Listen,
)
from .of_rooms import (
    Member as Member,
)
from .of_rooms import (
    Project as Project,
)
from .of_rooms import (
    ProjectOrigin as ProjectOrigin,
)
from .of_rooms import (
    Resources as Resources,
)
from .of_rooms import (
    Summary as Summary,
)
from .of_rooms import (
    User as User,
)
from .once import Once as Once
from .origin import Origin as Origin
from .pattern_text import parse_pattern as parse_pattern
from .present import Present as Present
from .progress import Progress as Progress
from .project_files import ProjectFile as ProjectFile
from .project_files import ProjectFiles as ProjectFiles
from .report import Report as Report
from .results import FileCheck as FileCheck
from .results import ImportResult as ImportResult
from .selection import Selection as Selection
from .server import (
    Addresses as Addresses,
)
from .server import (
    Server as Server,
)
from .server import (
    Where as Where,
)
from .serving import Serving as Serving
from .simulation import Simulation as Simulation
from .simulation import write_simulation as write_simulation
from .thinning import thinned as thinned
from .uploads import (
    KINDS as KINDS,
)
from .uploads import (
    MEDIA as MEDIA,
)
from .uploads import (
    checked_upload as checked_upload,
)
from .uploads import (
    upload_folder as upload_folder,
)
from .workspace import Workspace as Workspace
from .workspace import local_actor as local_actor
