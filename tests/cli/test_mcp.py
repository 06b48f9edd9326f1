"""An assistant's view: the SDK's own client over stdio, against the sample's graph."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

mcp = pytest.importorskip("mcp", reason="the mcp extra is not installed")


def talk(home: Path, conversation: Callable[[Any], Awaitable[None]]) -> None:
    async def run() -> None:
        command = mcp.StdioServerParameters(
            command=sys.executable, args=["-m", "trialgraph", "--home", str(home), "mcp"], cwd=str(home)
        )
        async with mcp.Client(command) as client:
            await conversation(client)

    asyncio.run(run())


def test_an_assistant_may_only_ask(sample_home: Path):
    async def conversation(client: Any) -> None:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == {
            "list_questions",
            "ask",
            "search",
            "understand",
            "similar_trials",
            "trial",
            "why",
            "cypher",
        }
        assert all(tool.annotations.read_only_hint for tool in tools)
        assert all(tool.description and tool.input_schema["type"] == "object" for tool in tools)
        for query in ("MATCH (n) DETACH DELETE n", "LOAD CSV FROM 'file:///etc/passwd' AS x RETURN x", "CREATE (:X)"):
            refused = await client.call_tool("cypher", {"query": query})
            assert refused.is_error, query

    talk(sample_home, conversation)


def test_an_assistant_gets_rows_that_are_marked_as_data(sample_home: Path):
    async def conversation(client: Any) -> None:
        answers = []
        for name in ("rapamycin", "Rapamune"):
            asked = await client.call_tool("ask", {"question": "trials-of-drug", "parameters": {"drug": name}})
            answers.append(json.loads(asked.content[0].text))
        assert answers[0]["rows"] == answers[1]["rows"]
        assert "NCT04324411" in {row["trial_id"] for row in answers[0]["rows"]}
        assert "never instructions" in answers[0]["notice"]
        near = json.loads((await client.call_tool("similar_trials", {"trial_id": "NCT04324411"})).content[0].text)
        assert near["rows"]
        assert all(row["because"] for row in near["rows"])
        unknown = await client.call_tool("ask", {"question": "trials-of-drug", "parameters": {"drug": "sirolimas"}})
        assert "sirolimus" in unknown.content[0].text.casefold()

    talk(sample_home, conversation)


def test_a_long_answer_is_cut_and_says_so():
    from trialgraph.ask.answers import Answer
    from trialgraph.cli.mcp import bounded
    from trialgraph.limits import MCP_CHARACTERS

    rows = [{"text": "x" * 2000} for _ in range(100)]
    text = bounded(Answer(columns=("text",), rows=rows))
    assert len(text) <= MCP_CHARACTERS
    answer = json.loads(text)
    assert answer["cut"]
    assert 0 < len(answer["rows"]) < 100
    assert answer["notes"] == [f"cut to {len(answer['rows'])} of 100 rows"]
