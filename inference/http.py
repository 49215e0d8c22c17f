"""One request to a server that may be slow, hostile or broken: bounded in size, never redirected."""

import logging
from collections.abc import Mapping

import httpx2

RESPONSE_BYTES = 5_000_000
logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log every request of every task


async def fetch(
    client: httpx2.AsyncClient,
    method: str,
    url: str,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and at most RESPONSE_BYTES of body; raises httpx2.HTTPError, and its DecodingError where there is
    more or the body is compressed: a bomb stays small. The time is the caller's to limit, with `asyncio.timeout`.

    Only answers are asked for on connections that stay open: some servers close one without a word after an error.
    """
    kept = {"content-type": "application/json"} if content is not None else {"connection": "close"}
    sent = {**kept, "accept-encoding": "identity", **(headers or {})}
    async with client.stream(method, url, content=content, headers=sent, follow_redirects=False) as response:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx2.DecodingError("the answer is compressed, which was not asked for")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > RESPONSE_BYTES:
                raise httpx2.DecodingError(f"the answer is larger than {RESPONSE_BYTES} bytes")
        return response.status_code, response.headers, bytes(body)
