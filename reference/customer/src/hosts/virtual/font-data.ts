/**
 * Glyphs of three public-domain bitmap fonts (the X Window System's *misc-fixed* family): U+0020–U+007E, U+00A0–U+00FF, then a box for the rest.
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
  rows: [
    'eNqlWU9rG1cQn1QgfFjcHlUkrJJPYDC8GiLWX6NHFYEUiKgFgtRgseuPEciphx566EcwDeTaJqdCIFDyHXxoDqXqvHlvdvftzsyu6QyS17uz8+bfm3k/G2AoTRLmOym5yDYFmbLx7YTV',
    'CvgIH+AGFnAGU7wuOqvt4S/kLdnh4Bb5XUfPDnV43pH07/jZK35ZlJHEeYP971kiw/dqDu9IkfTeLMjDiRnt4wDbAs2QM1WyHJxlr6dNIxgjsz9L5DfCew5WDXaCnglcYj4/NKroqOgZ',
    '0ZoZrVcK3oSnM/z2kmuMZZvGcIp14/DZGuXHxF09S+KDoecsenzAp5pfZRWhTK2m4Jer4iTp4WffwjxGYNGbJSlfkky3Nji+S6rcTIhPWj1aDdXvsz4tp1xDIMQnR4k/7v6M/B615B2Z',
    'E/LEa8uramtTEe8XVSUWQk4vYuYDX+CdNnG+mdd4R68f1lQOkNHi459s1NpgO8qGTV3fJy3u+v5l3AuB12LNe2+3uFN3+NnGOHSz3uZS0PMj3n2RxFHya4+d+zr6LsnkiQbPuZqvdSPS',
    'do+6xt/m8OROrh9fN5rvecxWTrt0JNrTzcVEzanVM/mJo6eeT1Q9L4hLjPpTUcbR2ydVHNr0FtnXg2VzmfRmKe95MieZ2xF6Q+/yzBxTB05pkcxS5kVnpizQ5rfwWDomczt7xJsh61cU',
    'wStlXxSNrBaqnlWUlupn1FhlpazV3B2lomdGleMzcFPlQqYr6gY+/8uoMzf9WolnFsB1rP4T5vBp0oVcq/LDWqEHcQdq082AXhfoXzxlMWt18gP2IN2vdvdw6sytp0bdh9o0x3kTZC7i',
    'nB8J9jxr7B2rfnKl/0CMCUdnijGXaTWgxrgHyf2n7h4hykf0XtMTelCIpb1WWG0C3wkRKBodqBBObIGX1dWZiWXkbrer7p5WV7uOJXv09x38f8rok7JEX2CuN/AceY9X3wgS/nTjfT7Q',
    '92f4DT4JMfa46ynhr5WazTVhlLqKdEQI6sTw3XlJ36G3jJMTRz9WZC0F2nMPP8NP+LnH60I4t1zSfNjSk4Oqa4prbgkTbvFqapx6S2V3tmuxz+Z7+AV+FW0u1Ldrn7bIlwPReZ2pQtEV',
    'ds3BXM/PQ3nNTEG00NNbNnjauu10wyvC7LfY66YVPwaX2vspPdme4949j3PQjnXwXI8Q1w3XUfcE8Ik8/R79/hvP21Pq8rKMnzsPsZfNO3+5eEXR/hpe44lO1gOxT3AvTKc2n2ws3DSO',
    'yNCSCf26D389Q2/6ZFyvnlns/EOw3pwQvkO8XMT+shmE9TI6c8yq+Fg4juNjyXB8bDzoemXYHgvHsT2WDNtj40E3QCY91TyIWDjk3cJx7JeF49gvS4b9svFgsMeWcQP0NGdhQEUy0vCn',
    '9A11uGvqZnvkoup07LuF9dh3S4Z9tzGj65XhDj4E6zVP/IVymvX7y/PL+POiM9Hr7Ou4qc6+LlNn38JfnH1LxvXqmcWY2XoCvaRZUOIk+IjXQ7Ae9x9pd8g4Lt0dsky6OzQ86HplAiq3',
    'cRzbY8l8RfO0Dw8GeywZF+fAuIGGcyXvFo7jOFs4jv2yZDjONh4M9tgyboCeGlcfxf+4MD0h/P4ea/ABf/4Dd6LvFtaTupC2B23M6HplmmtZWK/5l/caU8tr9WFGmf4DnnHsQA==',
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
