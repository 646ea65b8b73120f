#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the fixtures attached-winmail-*.eml: mails with a winmail.dat (MS-OXTNEF) attached.

  make_tnef.py FOLDER
"""
import base64
import os
import struct
import sys
import uuid

MESSAGE, ATTACHMENT = 1, 2
TEXT8, UNICODE, OBJECT, LONG = 0x1E, 0x1F, 0x0D, 0x03
IID_MESSAGE = uuid.UUID('00020307-0000-0000-c000-000000000046').bytes_le


def attribute(level, number, data):
    return struct.pack('<BII', level, number, len(data)) + data + struct.pack('<H', sum(data) & 0xFFFF)


def padded(data):
    return data + b'\0' * (-len(data) % 4)


def properties(items):
    """[(tag, type, value)]: text, or bytes of an object."""
    out = struct.pack('<I', len(items))
    for tag, kind, value in items:
        out += struct.pack('<HH', kind, tag)
        if kind == LONG:
            out += struct.pack('<I', value)
            continue
        if kind == UNICODE:
            value = value.encode('utf-16-le') + b'\0\0'
        elif kind == TEXT8:
            value = value.encode('latin-1') + b'\0'
        else:
            value = IID_MESSAGE + value
        out += struct.pack('<II', 1, len(value)) + padded(value)
    return out


def stream(props, attachments=(), body=None):
    out = struct.pack('<IH', 0x223E9F78, 1)
    out += attribute(MESSAGE, 0x00089006, struct.pack('<I', 0x00010000))  # version
    out += attribute(MESSAGE, 0x00069007, struct.pack('<II', 1252, 0))  # code page
    if body:
        out += attribute(MESSAGE, 0x0002800C, body.encode('latin-1') + b'\0')
    out += attribute(MESSAGE, 0x00069003, properties(props))
    for title, data, props in attachments:
        out += attribute(ATTACHMENT, 0x00069002, struct.pack('<HIHHI', 1, 0, 32, 32, 0))  # begins one
        out += attribute(ATTACHMENT, 0x00018010, title.encode('latin-1') + b'\0')
        if data is not None:
            out += attribute(ATTACHMENT, 0x0006800F, data)
        out += attribute(ATTACHMENT, 0x00069005, properties(props))
    return out


SPAM = '''Microsoft Mail Internet Headers Version 2.0
Received: from {helo} ({rdns} [{ip}])
\tby mx.{site} (Postfix) with ESMTP id 4Zq{n}
\tfor <{rcpt}>; Tue, 3 Mar 2026 08:1{n}:00 +0000
From: "Sales" <sales@{rdns}>
To: <{rcpt}>
Subject: {subject}
Date: Tue, 3 Mar 2026 08:10:00 +0000
Message-ID: <{n}.w@{rdns}>
Content-Type: text/html

'''


def spam(n, ip, site, subject):
    return SPAM.format(n=n, ip=ip, site=site, subject=subject, rcpt='kim@' + site, helo='pc%d' % n,
                       rdns='host%d.example.net' % n)


def mail(name, site, subject, text, blob, type_='application/ms-tnef', filename='winmail.dat'):
    lines = base64.encodebytes(blob).decode()
    return f'''From: Kim <kim@{site}>
To: abuse@example.net
Subject: {subject}
Date: Tue, 03 Mar 2026 09:00:00 +0000
Message-ID: <{name}@{site}>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="tnef"

--tnef
Content-Type: text/plain; charset=utf-8

{text}

--tnef
Content-Type: {type_}; name="{filename}"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="{filename}"

{lines}--tnef--
'''


def enclosed(kind):
    inner = stream([(0x007D, kind, spam(1, '192.0.2.41', 'victim.example', 'Cheap watches')),
                    (0x1000, kind, 'Buy now at http://watches.example/deal')])
    return stream([(0x0037, TEXT8, 'spam from you')],
                  [('Cheap watches', None, [(0x3705, LONG, 5), (0x3701, OBJECT, inner)])])


def fixtures():
    yield 'attached-winmail', mail('a', 'victim.example', 'spam from you', 'See the attached mail.', enclosed(UNICODE))
    yield 'attached-winmail-8bit', mail('b', 'victim.example', 'spam from you', 'See the attached mail.',
                                        enclosed(TEXT8), 'application/octet-stream')
    header = spam(2, '192.0.2.42', 'victim.example', 'Rabatt').split('\n', 1)[1]
    eml = (header.replace('text/html', 'text/plain') + 'Nur heute: http://rabatt.example/\n').encode()
    yield 'attached-winmail-eml', mail('c', 'victim.example', 'Spam von Ihrem Server', 'Bitte beachten Sie den Anhang.',
                                       stream([(0x0037, TEXT8, 'Spam von Ihrem Server')], [('Rabatt.eml', eml, [(0x3705, LONG, 1)])]))
    own = spam(3, '198.51.100.9', 'victim.example', 'a question')
    yield 'message-winmail-own', mail('d', 'victim.example', 'a question', 'How do I reach your sales team?',
                                      stream([(0x007D, TEXT8, own), (0x1000, TEXT8, 'How do I reach your sales team?')],
                                             body='How do I reach your sales team?'))
    whole = enclosed(UNICODE)
    yield 'message-winmail-broken', mail('e', 'victim.example', 'spam', 'See the attached mail.', whole[:len(whole) // 3])


for stem, text in fixtures():
    with open(os.path.join(sys.argv[1], stem + '.eml'), 'w', encoding='utf-8') as out:
        out.write(text)
