"""What the demo's blog tells. The people are made up. `{year}` is the last summer's."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Story:
    """One experience. `after` is when it is published, from the demo's beginning."""

    slug: str
    title: str
    author: str
    after: timedelta
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    shows: str = ""  # what its picture shows, if it has one


STORIES: tuple[Story, ...] = (
    Story(
        slug="remote-from-nairobi",
        title="Twelve weeks at Mila without leaving Nairobi",
        author="Njeri Kamau",
        after=timedelta(days=-41),
        tags=("remote", "mentoring"),
        paragraphs=(
            "My visa came in the week in which the internship ended. By then it didn't matter: I "
            "had been a research intern in natural language processing at Mila since May, from a "
            "desk beside my mother's sewing machine.",
            "What made it work was one rule. Every day at 16:00 my mentor and I opened the same "
            "notebook and one of us typed. Without that hour I would have drifted for days and "
            "called it reading.",
            "If you are offered a remote place, ask who will look at your code, and how often. "
            "Ask before you say yes.",
        ),
    ),
    Story(
        slug="saying-yes-to-dfki",
        title="Five questions I asked before saying yes to DFKI",
        author="Amara Okafor",
        after=timedelta(days=-13),
        tags=("advice", "money"),
        paragraphs=(
            "I had two offers for summer {year} and no idea how to choose. So I wrote to both "
            "groups and asked: what did the last intern do, where is she now, who will read my "
            "drafts, which machine do I get, and what happens if the first idea fails?",
            "One group answered three questions out of five. The other one, at DFKI in Germany, "
            "put me on a call with the last intern. I went there with a DAAD RISE scholarship, "
            "which pays for the flat but not for the deposit: save for that.",
            "The first idea failed in week four. We had talked about it, so nobody was "
            "surprised, and the second idea became a workshop paper.",
        ),
    ),
    Story(
        slug="ten-weeks-on-the-robot-floor",
        title="Ten weeks on the robot floor at ETH Zürich",
        author="Lena Brunner",
        after=timedelta(days=-2, hours=-3),
        tags=("quadrupeds", "applying"),
        paragraphs=(
            "Nobody tells you how loud a robotics lab is. In summer {year} I came with the wrong "
            "shoes, tripped over a safety cable, and learned that the four-legged robot has "
            "right of way.",
            "My job as a research intern was small and clear: make the robot notice that a stair "
            "is wet. The simulator said 94 %. The stairs behind the building said 31 %. Closing "
            "that gap was the whole summer, and the best course in statistics I ever took.",
            "I applied by a plain e-mail with one page about a project that had failed and what I "
            "did next. Two of eleven groups answered; one is enough.",
        ),
        shows="The sun over green hills in the morning",
    ),
    Story(
        slug="globalink-in-edmonton",
        title="Globalink at the University of Alberta: an agent that learned to lose",
        author="Rohan Deshpande",
        after=timedelta(days=4),
        tags=("Edmonton", "board games"),
        paragraphs=(
            "My project in reinforcement learning had one sentence when I arrived: an agent that "
            "learns a board game from its own mistakes. For three weeks it learned to lose on "
            "time.",
            "My supervisor never said what was wrong. She asked me to print the reward of every "
            "move and read it aloud. At move 40 I heard it: I paid the agent for waiting.",
            "Mitacs Globalink pays the flight and a stipend. Edmonton in June has light until "
            "eleven; bring a mask for sleeping, and something warm for the lab.",
        ),
        shows="Purple hills in the evening light",
    ),
    Story(
        slug="kaist-eight-weeks",
        title="카이스트 연구실에서 보낸 여덟 주",
        author="김하은",
        after=timedelta(days=11),
        tags=("학부연구생", "지원 방법"),
        paragraphs=(
            "메일을 열세 통 보냈고 답장은 세 통 왔습니다. 그중 하나가 카이스트의 로보틱스 "
            "연구실이었고, {year}년 여름 여덟 주 동안 연구 인턴으로 지냈습니다.",
            "첫 주에는 논문을 하루에 한 편씩 읽고 선배에게 오 분 안에 설명해야 했습니다. "
            "부끄러웠지만 그 덕분에 모르는 것을 모른다고 말하는 법을 배웠습니다.",
            "지원할 때는 긴 자기소개서보다 직접 만든 것 하나를 보여 주세요. 저는 넘어지기만 하던 "
            "로봇의 영상을 보냈고, 교수님은 왜 넘어졌는지부터 물으셨습니다.",
        ),
        shows="Hills in the colours of autumn",
    ),
)
