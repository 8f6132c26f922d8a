"""The `steward` command: names, options and help. What a command does is in `deploy.commands` and
`deploy.local`; modules are imported by the command that needs them, so that `steward token` stays quick."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Steward 物业客服中枢: start it, play a quarter, move its clock, measure it.",
)
clock_app = typer.Typer(no_args_is_help=True, help="The simulated clock 模拟时钟.")
org_app = typer.Typer(no_args_is_help=True, help="Organisations 组织.")
admin_app = typer.Typer(no_args_is_help=True, help="Administrators 管理员.")
app.add_typer(clock_app, name="clock")
app.add_typer(org_app, name="org")
app.add_typer(admin_app, name="admin")

Data = Annotated[Path, typer.Option("--data", help="Data folder 数据目录.")]
Port = Annotated[int, typer.Option("--port", help="Port of the gateway 网关端口.", min=1, max=65535)]
Step = Annotated[str, typer.Option("--step", help="Due times within it are one stop 合并间隔.")]
DEFAULT_DATA = Path(".steward")


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    port: Port = 8080,
    simulated_clock: Annotated[
        str | None, typer.Option(metavar="START", help="Business time starts here 模拟时钟起点.")
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return when all is ready 后台运行.")] = False,
) -> None:
    """Start the stack; prints the gateway's URL when all is ready 启动."""
    from deploy.commands import stack

    stack.up(data, port, simulated_clock, detach)


@app.command()
def down(data: Data = DEFAULT_DATA) -> None:
    """Stop the stack 停止."""
    from deploy.commands import stack

    stack.down(data)


@app.command()
def token(
    role: Annotated[str, typer.Option(help="A role such as clerk 角色.")],
    org: Annotated[UUID | None, typer.Option(help="Organisation 组织.")] = None,
    unit: Annotated[list[UUID] | None, typer.Option(help="Org units of staff, dwellings of residents 范围.")] = None,
    subject: Annotated[UUID | None, typer.Option(help="The person 人员.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="Scopes of an integrator 授权范围.")] = None,
    ttl: Annotated[str, typer.Option(help="How long it is good 有效期.")] = "1h",
    data: Data = DEFAULT_DATA,
) -> None:
    """Print a development token 开发令牌."""
    from deploy.commands import token as command
    from deploy.local.when import duration

    print(
        command.token(
            data=data,
            role=role,
            org=org,
            units=unit or (),
            subject=subject,
            ttl=duration(ttl),
            scope=scope or (),
        )
    )


@clock_app.command("now")
def clock_now(data: Data = DEFAULT_DATA) -> None:
    """Print the business instant 当前业务时间."""
    from deploy.commands import clock

    clock.now(data)


@clock_app.command("advance")
def clock_advance(
    by: Annotated[str, typer.Argument(help="2h, 30m, 1d, 1h30m.")],
    step: Step = "1h",
    data: Data = DEFAULT_DATA,
) -> None:
    """Move forward by a duration, through all that falls due 前进一段时间."""
    from deploy.commands import clock

    clock.advance(data, by, step)


@clock_app.command("to")
def clock_to(
    time: Annotated[str, typer.Argument(help="2025-03-31T18:00, Asia/Shanghai unless a zone is given.")],
    step: Step = "1h",
    data: Data = DEFAULT_DATA,
) -> None:
    """Move forward to an instant 前进到某时刻."""
    from deploy.commands import clock

    clock.to(data, time, step)


@app.command()
def migrate(data: Data = DEFAULT_DATA) -> None:
    """Make roles and schemas, run migrations 数据库迁移."""
    from deploy.commands import migrate as command

    command.migrate(data)


@app.command()
def keys() -> None:
    """Print new keys for production, as lines of an environment file 生成密钥."""
    from deploy.commands import keys as command

    for line in command.lines():
        print(line)


@app.command()
def doctor(data: Data = DEFAULT_DATA, port: Port = 8080) -> None:
    """Say what is wrong, if anything 检查."""
    from deploy.commands import doctor as command

    if not command.doctor(data, port):
        raise typer.Exit(1)


@app.command()
def verify(
    scorecard: Annotated[str, typer.Argument(help="Its id, or a bundle file 记分卡编号或导出文件.")],
    export: Annotated[Path | None, typer.Option(help="Write a bundle to be verified elsewhere 导出文件.")] = None,
    org: Annotated[UUID | None, typer.Option(help="Organisation 组织.")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Recompute a frozen scorecard; exit code 1 when a digit differs 复核记分卡.

    By id from its pinned facts; a bundle (--export) from the events of the change feeds alone, on any machine.
    """
    from deploy.commands import verify as command

    same, lines = command.run(data, scorecard, org, export)
    print("\n".join(lines))
    if not same:
        raise typer.Exit(1)


@org_app.command("create")
def org_create(name: str, data: Data = DEFAULT_DATA) -> None:
    """Make an organisation; prints its id 新建组织."""
    from deploy.commands import org

    print(org.create_org(data, name))


@admin_app.command("create")
def admin_create(
    name: str,
    org: Annotated[UUID | None, typer.Option(help="Organisation 组织.")] = None,
    ttl: Annotated[str, typer.Option(help="How long the first token is good 有效期.")] = "1h",
    data: Data = DEFAULT_DATA,
) -> None:
    """Enter an administrator in the register; prints id and a first token 新建管理员."""
    from deploy.commands import org as command
    from deploy.local.when import duration

    for line in command.create_admin(data, name, org, duration(ttl)):
        print(line)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop the stack afterwards 结束后停止.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a JSON report 报告文件.")] = None,
    port: Port = 8080,
    data: Annotated[Path | None, typer.Option("--data", help="A fresh data folder 新数据目录.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another quarter with other figures 种子.")] = None,
) -> None:
    """Play a quarter through the public API and score it 演示一个季度."""
    from deploy.demo import command

    code: Any = command.run(once=once, report=report, port=port, data=data, seed=seed)
    if code:
        raise typer.Exit(int(code))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context, name: Annotated[str, typer.Argument(help="Which one.")] = "") -> None:
    """Run a benchmark against its floor 性能基准."""
    from deploy.commands import bench as command

    code = command.bench(name, context.args)
    if code:
        raise typer.Exit(code)


def main() -> None:
    """Entry point: a refusal is one clear sentence and its own exit code."""
    from deploy.local.failures import Failure

    try:
        app()
    except Failure as failure:
        chinese = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").startswith("zh")
        print(failure.zh if chinese else failure.en, file=sys.stderr)
        raise SystemExit(failure.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
