"""A simulated server in which newcomers can try the real bot: no token, no network.

serve.py       what `paperclub demo` runs: opens the world, tells the address, waits for the end
world.py       the server, its people and their portraits (portraits.py)
seed.py        a first schedule, first nominations and questions (asked.py), made by commands
people.py      the other members, who answer announcements
guide.py       the `/demo` commands, which report what happened (reading.py)
pump.py        keeps the simulation's clock and page alive; only here is simcord's inside known
timekeeper.py  the clock that the bot and the simulation share
resolver.py    asks the catalogue (catalogue.py) first, then the real sources
blog.py        the blog that is followed from the start, and what it tells (stories.py)
"""
