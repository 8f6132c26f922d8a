"""The seeds of the list of common passwords: what people here and elsewhere type first."""

from __future__ import annotations

from typing import Final

_ENGLISH: Final = """
password passwd passw0rd pass root admin administrator adminadmin test tester testtest guest user username login
welcome hello helloworld letmein master access secret private monkey dragon shadow sunshine princess football baseball
basketball soccer hockey iloveyou loveyou lovely lover love forever flower superman batman spiderman starwars pokemon
naruto computer internet samsung huawei xiaomi iphone google facebook microsoft windows linux ubuntu debian oracle
mysql postgres redis server system manager support service services office company business money freedom whatever
trustno jordan michael jennifer jessica michelle daniel charlie thomas robert andrew joshua matthew anthony william
ashley amanda nicole hunter ranger buster tigger pepper ginger cookie summer winter spring autumn monday friday
january february march april june july august september october november december orange banana cherry apple lemon
peanut chocolate chicken killer matrix phoenix thunder lightning diamond silver golden purple yellow orange black
white green blue qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm abc abcd abcde abcdef abcdefg abcdefgh changeme
changeit default temp temporary public letmeinnow security safety engineer property estate community cleaning steward
mercedes ferrari porsche toyota honda yamaha liverpool chelsea arsenal barcelona juventus madrid london paris berlin
china beijing shanghai guangzhou shenzhen hangzhou chengdu wuhan nanjing tianjin xiamen america canada australia
"""

_PINYIN: Final = """
woaini woaiwo woaiwojia woaizhongguo woaimama woaibaba aini ainia ainiyiwannian woaiyou woshishui woshini woshiwo
wobuzhidao wangle wangjimima mima mimashi mimamima denglu guanliyuan guanli xitong kaishi nihao nihaoma nimen women
dajia zhongguo beijing shanghai guangdong tiantian tiantangniao kuaile shengrikuaile xinnian xinniankuaile gongxifacai
facai facaile laoban laogong laopo baobei baobao xiaobao dabao erbao mama baba yeye nainai gege jiejie didi meimei
xiaoming xiaohong xiaohua xiaoxiao dandan yangyang tingting lili fangfang meimei juanjuan lingling feifei yanyan
xixi haha hehe heihei nana duoduo lele beibei doudou maomao gougou wangwang zhuzhu niuniu longlong huhu tutu
wuye wuyeguanli wuyegongsi kefu kefubu kefuzhongxin guanjia xiaoqu yezhu gongcheng baoan baojie caiwu renshi jingli
zongjingli zhuren zhuguan weixiu shoufei tingche cuixi huayuan jiayuan gongyuan yangguang mingzhu jinxiu xingfu
pingan jiankang changchang yongyuan qingchun mengxiang weilai lixiang fengyu rensheng shijie xingxing yueliang taiyang
"""

WORDS: Final = tuple(sorted({*_ENGLISH.split(), *_PINYIN.split()}))

FAMILY_NAMES: Final = tuple(
    sorted(
        set(
            """
wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang xu deng
han feng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren shen yao lu jiang cui zhong
tan lu wang fan jin shi liao jia xia fu fang bai zou meng xiong qin qiu hou jiang yin xue yan duan lei long li shi tao
he mao hao gu gong shao wan qian yan tan dai mo kong xiang chang wangwei liwei zhangwei liuwei wangfang lina zhangli
liqiang wangjing liuyang wangyan zhangmin lijie zhangjing wanglei liyan zhanglei wangqiang chenjie zhangyan lijun
zhangyong liming wangyong zhangjie wangping liujie chenyan yangyang zhaolei chenchen yangfan huangwei zhoujie
""".split()
        )
    )
)

TAILS: Final = tuple(
    """
1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0 00 000 0000 007 01 02 08 1314 520 521 5201314
1314520 666 6666 66666 666666 888 8888 88888 888888 8 88 99 999 9999 168 188 518 521521 111 1111 11111 111111 112233
123123 123321 321 4321 54321 654321 abc abcd 123abc abc123 qwe qaz asd zxc ! !! !@# !@#$ @123 @1234 @12345 @123456 @163
#123 #1 #1234 _123 _1234 123! 123!@# 1234! 12345! 1! 1@ ! ? . . 123. 123456. 1q2w3e 1q2w3e4r 11 22 33 44 55 66 77 xx xxx
pass pwd password admin root test 110 119 120 315 2008 2010 2020 2024 2025 @2020 @2023 @2024 @2025 @2026 2024! 2025!
""".split()
)

_ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "!@#$%^&*()")
_DIAGONALS: Final = tuple("1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 1qaz2wsx3edc4rfv qazwsxedcrfvtgb".split())
_ZIGZAGS: Final = frozenset({"1q2w3e4r", "1q2w3e4r5t", "1q2w3e4r5t6y", "q1w2e3r4", "a1b2c3d4"})


def _walks() -> set[str]:
    """Pieces of the keyboard's rows and columns, forwards, backwards, and two of them in a row."""
    pieces = set()
    for row in (*_ROWS, *_DIAGONALS):
        for start in range(len(row)):
            for end in range(start + 3, len(row) + 1):
                pieces.add(row[start:end])
                pieces.add(row[start:end][::-1])
    short = [p for p in pieces if 3 <= len(p) <= 5 and p[0] in "1qazQ!0pla"]
    return pieces | {a + b for a in short for b in short} | _ZIGZAGS


KEYBOARD: Final = tuple(sorted(_walks()))
