"""The JSON API: OpenAPI at ``openapi.json``, errors as problem+json."""

from django.urls import URLPattern
from ninja import NinjaAPI

from rangkul.access.guard import open_to_all
from rangkul.api.consents import router as consent_router
from rangkul.api.doors import hang_handlers
from rangkul.api.emergencies import router as emergency_router
from rangkul.api.hand_overs import router as hand_overs
from rangkul.api.inquiries import router as inquiry_router
from rangkul.api.meetings import router as meeting_router
from rangkul.api.merges import router as merge_router
from rangkul.api.operations import router
from rangkul.api.referrals import router as referral_router
from rangkul.api.return_operations import router as return_router
from rangkul.api.rights import router as rights_router

api = NinjaAPI(
    title="Rangkul",
    version="1",
    description="The same actions and queries as the pages. Errors are application/problem+json with stable codes.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
hang_handlers(api)
api.add_router("", router)
api.add_router("", referral_router)
api.add_router("", hand_overs)
api.add_router("", meeting_router)
api.add_router("", emergency_router)
api.add_router("", consent_router)
api.add_router("", merge_router)
api.add_router("", inquiry_router)
api.add_router("", return_router)
api.add_router("", rights_router)
# A namespace of its own: pages have names like "cases" too, and ``reverse`` must give theirs.
app_name = "api"
urlpatterns = api.urls[0]
for _pattern in urlpatterns:
    if isinstance(_pattern, URLPattern) and _pattern.name in {"openapi-json", "api-root"}:
        _pattern.callback = open_to_all("the description of the API, no content")(_pattern.callback)
