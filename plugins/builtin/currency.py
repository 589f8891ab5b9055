# /// script
# [tool.parley]
# name = "currency"
# version = "1.0.0"
# description = "Converts money at the European Central Bank's daily rates."
# hosts = ["api.frankfurter.dev"]
# [tool.parley.examples]
# convert = [
#     "convert {amount} {source} to {target}", "{number} dollars", "{number} euros", "{number} euro",
#     "{number} dollar", "{number} GBP", "{number} USD", "{number} EUR", "{number} yen", "{number} pounds",
#     "exchange rate", "wechselkurs", "de change", "{number} livres", "{number} dólares", "de cambio",
#     "cuántos euros", "美元", "欧元", "汇率", "兑", "{number} dòlars", "de canvi", "quants euros", "truke-tasa",
#     "zenbat euro",
# ]
# ///
"""Exchange rates from frankfurter.dev, which publishes those of the European Central Bank."""

from typing import Annotated

from parley import Context, Failure, PluginError, Result, Source, command, tool

RATES = "https://api.frankfurter.dev/v1/latest"


@tool(shown="looked up the rate from {source} to {target}")
@command(name="currency")
async def convert(
    ctx: Context,
    amount: Annotated[float, "how much"],
    source: Annotated[str, "the currency that it is in, as EUR"],
    target: Annotated[str, "the currency that you want, as USD"],
) -> Result:
    """Convert an amount of money from one currency to another."""
    source, target = source.upper(), target.upper()
    if source == target:
        return Result(f"{amount:g} {source} = {amount:g} {target}")
    answer = await ctx.http.get(RATES, params={"base": source, "symbols": target})
    if answer.status_code in (404, 422):
        raise PluginError(f"{source} or {target} is not a currency that the European Central Bank has a rate for")
    if answer.status_code != 200:
        raise Failure(f"api.frankfurter.dev answers with {answer.status_code}; try again later")
    told = answer.json()
    rate = told["rates"][target]
    return Result(
        f"{amount:g} {source} = {amount * rate:.2f} {target} (1 {source} = {rate:g} {target}, {told['date']})",
        (Source("Frankfurter, European Central Bank", "https://frankfurter.dev"),),
    )
