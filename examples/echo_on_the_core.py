import asyncio
from pathlib import Path

from vestnik.chatmail import add_account, open_core, parse_login
from vestnik.chatmail.events import IncomingMsg
from vestnik.chatmail.types import MessageData


async def echo(accounts: Path, code: str) -> None:
    async with open_core(accounts) as core, core.events() as events:
        account = await add_account(core, parse_login(code), name="Echo")
        await core.start_io(account)
        print(await core.get_chat_securejoin_qr_code(account, None))
        async for event in events:
            if isinstance(event.payload, IncomingMsg):
                message = await core.get_message(account, event.payload.msg_id)
                await core.send_msg(account, message.chat_id, MessageData(text=message.text))


if __name__ == "__main__":
    asyncio.run(echo(Path("accounts"), "dcaccount:nine.testrun.org"))
