"""`twin schema`: a role's GraphQL schema, or the property reference."""

import click

from api.commands.common import echo_result, json_option, load_settings, policy_in_use, role_and_purpose
from graph.errors import ConfigurationError

EXIT_CODES = """\b
Exit codes: 0 done, 2 unknown role, 5 policy."""


@click.command(epilog=EXIT_CODES)
@click.option("--as", "role", help="A role of the policy: print its schema.")
@click.option("--purpose", help="A purpose of the role (default: its first).")
@click.option("--reference", is_flag=True, help="Print the property reference (docs/reference.md) instead.")
@click.option("--roles", is_flag=True, help="Print the page of roles (docs/roles.md) instead.")
@json_option
def command(role: str | None, purpose: str | None, reference: bool, roles: bool, as_json: bool) -> None:
    """Print what one role may ask as GraphQL SDL; what it may not is not in there."""
    if reference:
        from graph.schema.derive import reference_page

        page = reference_page()
        echo_result({"reference": page}, as_json, page)
        return
    policy = policy_in_use(load_settings())
    if roles:
        from api.matrix import roles_page

        page = roles_page(policy)
        echo_result({"roles": page}, as_json, page.removesuffix("\n"))
        return
    if role is None:
        raise ConfigurationError(f"no role: name one with --as ({', '.join(policy.roles)})")
    role, chosen = role_and_purpose(policy, role, purpose)
    from api.permissions import PermissionSet

    sdl = PermissionSet(policy, role, chosen).sdl
    echo_result({"role": role, "purpose": chosen, "sdl": sdl}, as_json, sdl.removesuffix("\n"))
