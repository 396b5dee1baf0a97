/**
 * Glyphs of three public-domain bitmap fonts (the X Window System's *misc-fixed* family): U+0020–U+007E, U+00A0–U+00FF, then a box for the rest; and behind it, for
 * the one that names of people are written in, the letters of `beyond`.
 * One big-endian 16-bit word a row, the leftmost pixel in the highest bit; base64 of the deflated rows.
 */

export const REGULAR = {
  width: 9,
  height: 18,
  rows: [
    'eNqlWc1PE1EQn9YKxaAg8UAMYLvWjxBjICamh7K0BYSaaISExIMaEQ8eSUyMJqTrv8HRgwf/BA/+bTjvY/brzcyu8U3aLtvZeTNvZn7v/QpA3dEuCN0pjiUv+uhZucy995jZYpjAATyE',
    'FbgGc3gdB7N14QilZ/1Ygnso48DOBtowsgGb8Bx28bUpxKWNltVYzIn5u1XQoXuZuGfKs01gHWNax8925WonNXxzYx6lJWomtbNs7JRHA5ooFE8HZRjorEAEo5xEeCeMaRnzeZCrokSw',
    '0/DzmdkSJhr3/Ty+N1DGMAh0mjCDdbOE1sao37QS2hlaOVfsrNloh/AGPohxJekKtcRqcnFF6Tpxdui7u7Bq/Wky/pSzxOWL0wlrI1vhRVu3TbEmErWGsufJnp7Ttq0ETucFHHt5iVbW',
    'mPq5ZSVCLKBqK49zzOIIX+7TXYU57frMO+kyc9HzJJydrH7IUlJDR+od882+WBvkR5LzqTziEkYbDC2POwWE2kXpM3ON8f4BvIJP+Dlm5xoGkrA+n2I2J4rP5t4JHKLOHuyIcY1KEov5',
    'GudWWseoPfxrFeC7bOfAR8/5Y+zHtksbrD9JkIu2mFMNM+kbI676ZTsTL8eoy+lE9um27SApF6Qj+ZwUsJnL+1phnyRZC+qn45HDYYdB4OIYFCqVZMBgQsTEUjUuC/t26x+edFnfxjl3',
    'YEvoi3dY0yNf2+9EOyOvzdWPq6yttCe4ufLdkQh2bsBNFJOB8zQX/NjCWh/bPXDobcZKXFz9LNv3voo/M96rZk6iUuW7uRwGvYaPbA/2a2CdG1/SvpiIdaLHFaKQNBedEkb4+UZAoVXc',
    '30eFfb4R6LzEU2rXdkiH2U/z9RML+AM209M05zdxzfmRRSXXGGEQjz+Zjow/pOPwRevZLopjEebc0rZn9xCF5PPhbFoRG+nVrMpleLQ7S+/OpFdngSebGO8z+N+RZ1RtlZEYBHxu9+Yj',
    'vOqw/Z51+wburI/ZPMQ2n7GYBdoLYttZvD95TyWvl5Gfdey7kWX0v+dxwgxTT/XGAFHgAn7CD3xdsCd1x/X6+BrYfVwac1hZPcsJe3g1p8w5FXhDuQ81n3+jv3/gF77zPk9rcTLXDdXs',
    'POOLibA+piuG8FW0Y3QWha4D33P1R4Ytp/A2QMNtPIMZ2YKrqfwLL9XXI19nhqW892h6Jj7TT8/D54plqhuqI44Rubm68BkjmoPrcEXUuQ/fEMENwiyIuZjAE9EO9Z47jRX3JjrZaLyJ',
    'MqrpOLyu4l+34VGljuv3qrnolFrF9Ra8zgPsrJ7N3X4trtfy3UTro/E4Wh9Nh9ZH54Mudk2H/NF4HPmj6ZA/Oh90/tThjAO0Znblb/a9i38NgrxrPC6LS+ZxWVyyThaXxgedP7oOxV7N',
    'K6tPLQ18asfimDn7HKKc4J1hKXaN61Hsmg7FrnNGF1fduaq4nqnOqbcxVTh1hN33CV+OpT4KzqGUfZk3ZdmXdbLsa/yLsq/pUPYlnXZ6ztXtuPHU7gXbiNUTvK7D9Yp7U7E7eB5X7A5e',
    'p9gdEh/MVz6n4zi5zuOyU4CsQ97ofJDOf5pOz/5q3ELcjpTfSVzeNR7HoZC+zrwOh0KxWIeaTohCMXuSWUlPdHQNLAo5DDIIFJc6lbKqcb0QheQe1DljGYVCnab/PbqK6+V/ec84dfk/',
    'TnU4Y/530/yu/Be99y7l',
  ].join(''),
}

export const BOLD = {
  width: 9,
  height: 18,
  beyond: [
    'ĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİıĲĳĴĵĶķĸĹĺĻļĽľĿŀŁłŃńŅņŇňŉŊŋŌōŎŏŐőŒœŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷ',
    'ŸŹźŻżŽžſƏƒƠơƯưȘșȚțΆ·ΈΉΊΌΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОП',
    'РСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюяѐёђѓєѕіїјљњћќѝўџҐґḂḃḊḋḞḟṀṁṖṗṠṡṪṫẀẁẂẃẄẅỲỳ‐‑‒–—―‘’‚“”„†‡•…‰‹›€',
  ].join(''),
  rows: [
    'eNq9XE9rXMkRb2dg8GGQ9xQmaLCW/QQDIi8CD28SfM0HCHuSGRgFrJUEgpXA4r35GIGccsghh3wEE4OITxv5FDAYnD0lpxCDYHdhzU76X73+V1Vd8jrpRtJ45jf1uqurq+tfWylpmyYd3klb',
    '4zvfHKaPfjfI0zr1Rr1Wl2qhHqpd/bornnau3up+bMfRqGe63xR0zjQN088s+iv9c07Mi2sTi5hH3fx7kmDgvdDddzBOmtks7AynLLe3grG5NtN9QiJ78SobOnkbqbHuMJ9D3V8g32vUKuoN',
    'QmeqDvR6vo6kaEvQGdlnTuzzemQ27tOZ/m2Qa83LvI3VjpabRn+21vix7SWdQ9uvGDoP/Yyv9KfUvPqBQxNSmty8moFPGB347Bdqz3NgUV0lbL0wTCkbwN9DK7kThD+p9FAyFL4P9Kg1BRlS',
    'CH9ajfjb5u++v9JU2gJz387EUGsHactb59/vBknskDXd9yvv+r5+J2+w3tDX+h1afoBSL8BQ/DGfHJGyAePoozGVc59mvZz7A78XXF+jMm9me6x36pn+OfZ8KFc97z1C50K/+zThIzavc625',
    'T/3cMUybUDC9JddrHXGa11Gn+l976t4Glx8jN9TcW79ard2lI3Q85VpMyTXldCZ80thPTb9P0nlqe6+5/hmKaey37w98yNu17kYeuDH3iW7G1r1NzknoOYde2O/CmTm2Gjhti+Qshb4ozpSF',
    'HvO1umvbJuf25A7fdKu+tBxcEvuii1a1I+msPBqTn1H0lBXxrHh39ASdmZUcswKXw1rgbWm1gVn/Q0+zZee1Qm0WpZ/D6R93Du8kWqjJJN89y+kg0EB5uxToOtd+0FYWdEpOTrQOoueVa4+G',
    'PHPDqRH0UN729HnjMPv+nB8h43kU7R1OflpC/yjPE+DOruY53lYCGQMdhOufoD0cl7d69hQdp4McL/lnuadN1W8QDnSRBuoQi831w+HVQ9aXwbXd2fDuzvDqrBjJuZ7vjfrxbWJ/0o61n+i1',
    'PlK/1f1cv/oUQRjrxsz5yv7+Tv1FfY3w2Phdn1n/a0Wu5tr6KEGKaI9QkSeG0c6H9rfTLePE4qj7ikCl0+N5rv6o/qB/nuvXHWK3HNjz4dh+ckXS2tXPPLY+4bF+tctYvT2xO3NZrI35ufqT',
    '+jM65o78dpjTse4HQu88rFRH0HK75op9njkP8WdOCI9WVXTLkba2nhXacGl99mda1+0O/S5+Kb+fUst2rvfu3J+DPK/dzGkOgdyAHJUWwNd2pk/0vL/V9vau1fI4xpw7t16X7RWRi99Zbv9M',
    '/V5bdDgd5fUE6ML01AbLhvObxt4z5DBOX9f8r0d6NjVMU6Uz85pf4uvtWQ+/0f5y5/XLkcjXm1ibYzbwh/PjgD8cBvjD+4NNFQPj4fw4GA+HgfHw/mAjwKRWzS3qC7t15/w4mBfnx8G8OAzM',
    'i/cH3Xh4TCOgE5+FzivCPQ1jpR9ZDXdqtdm57t2g6WDunK8Hc+cwMHfeZ2yqGNDgEl8vtvg7wpo1+8v0L/3f/eJED6tP+01h9WlMWH3O/4LV5zBNlc7M84yn49qX9izo9UnwRr+W+Hqgf7Dd',
    'gftx6e7AMenuoPzBpopxXjnvx8F4OMwn9jyt+YNuPBym8efAOPKGW2LdOT8O+Mz5cTAvDgN85v1BNx4e0wjoBL96i2ZcoN2z/vsrLYO3+u97tUHnzvl6mBai9iDvMzZVTPwszteLI+/Bp8af',
    'xfuMvfrV0MuIlSy27JCUTliJ6axYOnSse4pYiTkdwACH67HuWLeU8ShY8TqdWP9gcS1nqUpi71NmPI2PQNTpAJKnw8f5HUoSi+NtJOD0nv7p1Muhd4V0SXIKIIe4Dl+J6axYOpOqbZwi+XMH',
    'o0PJc0wHMLBe9fHE616OJ9XeXM4FkFRc1P2V5W5ahs40OnF4Og7Jx2kxOrG9Yfa686VxOrmGx/JNgJHEhM172w2ftzpU3zF03Ekq8VMckrYlOiEdh6ToOD5J6LgIBG//YHTyfYHF1QNmWvUH',
    '6ch5ifk28x2eqm8KjLHylboYLP597fWMfIR5YjWzsl526F/pflloDYecJcg82oXlIlP7Gc8X5BhYkZhWfgJyOU3M4qV4iNHJx4PRAQxoMG48gJGPx3CW1uGXPkuwy9Ax0bOFXh0TS3tn/7VE',
    '6Ty0NtiBp9mhVh+f8wUkn5fB6ODrntLJ+VwfDyDp8Riufqp+abGPop0hGfMIzc6c2FgChmnFsYuW8S9WYjorho6LgkroAJL3d5Y+Bnvi/x6TfveJzTX9w/rdJ0h8rJbHDzLG5dowOpSMxXRy',
    'GauPJ8gYNp7cSqdrD1Jknh/MrXSaToqk8owYHZw/KZ2cP/XxpMj2DnUX5XjK3ChgXEysVr8BqHqOdZthcA/erPR7/zPPfJkQX63VipTIZaENJHRKZOnnympXaDoQYavTwZDLQqvU6WDIpagm',
    'B/dTUjqAye1nuibHxZOpvHn8KR+njZ+IxUDWVTohx1Gr7QnaFc+/T4V0gtWK0Qm+Xo1O0K50PYCTIKdNz0g93/qq0545B3cG+8jx0dUVZ1nfzXpz5D2rNVFf50e1aTb03llndBZk5C9GYvrw',
    'Wr3QvfN69dryB6sHdciOwGxRfZjTmQ86LOgxh5HkGTEJUYQESnJ2nA8ryaNJclKAkewvlz+CbtbrXwXG7dYpe6Z8rDrYHvEwsFVYDPUbZtxbUWzn7nWDshrXtsBIbIAOeVa9xrWc+zVC5+PU',
    'uPaeH62fT4/wR2Kr9wVmRcYquVrZfqjqpuvwJTWukjyju+sRelehA/sobzkN7FncHoTdx8vPWnguw45e+lU3GeJHrK2+YHN/uT8YVyZBVjf4DVh+uczLtGQtKD3mUCcT6xZcioDHi4hTqTzP',
    'E6lu2fzpgowtB61yGHkR46pPnVZ3wU7vqmc3zmdJrCl+1liPM7YUavWZF76Gqsbnkj/u7tJs4BHFH0mNaz/c8qKr99qk/hkfc8jLwHh20GjAuiIbd61xbdl4Aq89PpYWuk4wpeTUbYD6Xpbk',
    'srGcL0UHH7OkhkpS+wTth+G+QIihgaTmth9nt0B+8JLJM37YPY4Pq6GS3Lu58nr1VH2xcf0/SPWh66Gq/a2Ih+WK0/ZPWi3gajfPkVq+GeJ1vkZqpK+Lvi12hcymzTNO3f/M7m0HDQfaeVvs',
    'dok8u93ibnuClYP7nmNrbVFyKF0LGiO3ex8M1bggPasPtnul9vz/w6aV1B5I723VZP5j2bTrovdFTXqIQo2Gzp1KEG0SYDb3NukNuXdetyz07F2134Lc77cDndsC88L39+qlxb7UrzAbyczl',
    'gZ8TpjNv/BO+H551g1gRgUO7/vYNZbdwNTlja4F2Aluii3RQR9pRnP4Bif3poINMBRPWnORsNS/p8byJbpy/YWw2Y4ONGDpOvzz12kUh0bgaJtVC+N2uWAtR+gfTQpzt17MYiQ/Ss/onzxZJ',
    '7F76WdtKvqCMP4/U44Qa2CESW5Srbi6f1RN3YlIdRMshrX8wDE7rXWTfUDyMddAtgYntiY7dFw/YfXET6aAb0qeONZBC6zP5Gipnx/EYd+8rtvz2M88Kt6KpuT/xNvQTxjd/4m3oxwjGSdxB',
    'pU5mXcWU90YpD30x2ND/3rwixhzb0G9FPKT8JlqPxVa0RGfGexlb2dgG6LL48njQNvyalsgyI8PZz9OoToa64+wwfF2lw/B1lVMizl+Omb/jPPUrVbdXHZK6L5zOi7Mzcw6kd4Gnwjx+iizz',
    '3VNBnlpFtzPxOEleGU7nKwGJ5yvzSAJNJ76Bgt0XboT50zgSW9KBWwz1OG3Mgdq9Y6gNrDUJRvJ/8mwlmM2PwYR6ULrx/7cQ1g6sNp8X59dar+MF+80LW1e4vsOzsG+4DO3nmn+fD9nafO1T',
    'TIzFcpELJgOLWTB5e6z+qfuv7Rh+rk43p5u/kusxr/yfFHP//0xRd3FNntrpQqcP4/3+XxThYL8=',
  ].join(''),
}

export const SMALL = {
  width: 6,
  height: 13,
  rows: [
    'eNqVWCF04zAMNQw0HAwsLBwMLDQ8WDhoGBgYWFhYGFh4cHDwYOHgYKDhKZId25Lc3tmvTddvWfK3ZP/OmGetr7rBFzWHXW8bEuLLVbON5gbdmwP0tZjtZBYYaeGbAZ6LuRRWA9ps71f4',
    '/oPFJpvF74e9b3/ZOBN9Tp3GpdkWiGtRZyRfoeEvtWMxW2rBmBf8+n3ODrqNHAxmgp5HOTPv3RVR9OYMvOQdyv48ju3ifFOBhPitR48zPDNzFlax7dkFRtnIGtls8dzNl7DZ/GzYGqPz',
    'zE+5G3Vsc/HkyCj81GyVvNV/l7uQVz/gvnfq7tR7lMcmW43RuhYIuUL2LMDRBNHLnQvxmdoKOb91H5+rYJR6yUGyOQmbEEev8RmayKT4ubJdmFnMc2FTnwjZ5r2oKwv5c65mu0CWfsLr',
    'Us02sR4qmwfyySOYIQe/ELnGuHnuzCKrUm7qHOS+YE1wGx514k3WT2Ds9IJRGVuuaoeVLW2W2F2F0GgX80siPILATpewr2YQ3Rf7M8R6sLjaZGNF91XG/1sL0cK+GLcxPWKFfbDcWXeW',
    'VmEzi/rpsI+7zajYBGZzhDrbOFh3dqRNOrGS3bSfljx76dQ4K/VjkIVjUUGphmi2soJSOzerkdqfPXf4juix1RXBZ+NVlNtYndod8zOJ8cnPGdZZ+ymZPgEbdUuRlXlQIq66GzPC6ych',
    'VCcyX7MXfgcFcZ++7ex/7p/eVPWUq7Ecma2zErqY/2u9otTyvbigflrYjZny+jtyfWcMeGTTV9wkjoNQQ6VCLCMgL0e8rY7AZt7Ttnr0uGMPyJwHZq5XToJR1VYHmHNbq4NP2mnTCQWQ',
    'ZpUR/ID3B77zDGjrv5OSs1I/hkrZ9rgHvA2oeHNW1Or2ectV8rPX3QifqX+g9j4o0b9u5HuAqAY1alMpOskU7QztUl5pmq2DajiAjugEYuH77fZ6Z+zcgO/aJtfCgOd43rshIq5QNuWq',
    'NGTbUR05YPZqiGsifXHe1IgxvzBvb1CF3/j8/UQNkr4dYi5lbReq9WgIrUdDKGoNIT9euWVsEyE/GkJ+vHpnJXX7w9QtcT2j8lsqzZdik7rKNpEUm0QOMTaJuCZS3yXlTdLBmGv8TbCg',
    'ZvWxFinquRn13Ix6bsb2fDYn7oWpeZufUXncdtV7Lyq1b2gx20QS2xJJbEvENZBjPF01m1QrB3jdlLu+VIPp92HOHq75bBPJ2cORnCMcGZqazzYR8qMh5OesVFaPekrTb8S1pvl4BWkc',
    'cIRXkBd7KhHXRExxK8r/r1AVUQX5PUvrCpKZqCF1Bcl8ezUbV4Olwv/CX/2TmE1XkOm3NbW/62hVlw==',
  ].join(''),
}
