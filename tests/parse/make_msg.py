#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the fixtures attached-msg-*.eml: mails with Outlook messages (MS-CFB, MS-OXMSG) attached.

  make_msg.py FOLDER

A message is a dict: property tag -> str (a Unicode stream) or bytes (as they are); "attach" -> a list
of messages enclosed in it.
"""
import base64
import os
import struct
import sys

FREE, END, FAT_SECTOR, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def tree(message):
    """(name, bytes or list of children) of a storage."""
    out = [('__properties_version1.0', bytes(32))]
    for tag, value in message.items():
        if tag == 'attach':
            for n, inner in enumerate(value):
                out.append(('__attach_version1.0_#%08X' % n,
                            [('__properties_version1.0', bytes(8)), ('__substg1.0_3701000D', tree(inner))]))
        elif isinstance(value, str):
            out.append(('__substg1.0_%s001F' % tag, value.encode('utf-16-le')))
        else:
            out.append(('__substg1.0_%s' % tag, value))
    return out


def compound(children):
    """A compound file of 512-byte sectors; every stream is kept in the mini stream."""
    entries, mini, minifat = [None], bytearray(), []

    def add(name, content):
        index = len(entries)
        entries.append(None)
        if isinstance(content, list):
            entries[index] = [name, 1, NONE, add_all(content), 0, 0]
            return index
        start, sectors = len(mini) // 64, (len(content) + 63) // 64
        mini.extend(content.ljust(sectors * 64, b'\0'))
        minifat.extend([start + n + 1 for n in range(sectors - 1)] + [END] * (sectors > 0))
        entries[index] = [name, 2, NONE, NONE, start if sectors else END, len(content)]
        return index

    def add_all(items):
        indexes = [add(*item) for item in sorted(items, key=lambda i: (len(i[0]), i[0]))]
        for a, b in zip(indexes, indexes[1:]):
            entries[a][2] = b
        return indexes[0]

    child = add_all(children)
    entries[0] = ['Root Entry', 5, NONE, child, 0, len(mini)]
    n_dir = (len(entries) + 3) // 4
    n_mini, n_minifat = (len(mini) + 511) // 512, (len(minifat) + 127) // 128
    fat = [FAT_SECTOR]
    starts = []
    for count in (n_dir, n_minifat, n_mini):
        starts.append(len(fat))
        fat += [len(fat) + n + 1 for n in range(count - 1)] + [END]
    entries[0][4] = starts[2]
    fat += [FREE] * (128 - len(fat))
    assert len(fat) == 128, 'one FAT sector only'
    directory = b''
    for name, kind, right, down, start, size in entries:
        raw = name.encode('utf-16-le')
        directory += struct.pack('<64sHBBIII16sIQQIII', raw, len(raw) + 2, kind, 1, NONE, right, down,
                                 bytes(16), 0, 0, 0, start, size, 0)
    directory = directory.ljust(n_dir * 512, b'\0')
    header = struct.pack('<8s16sHHHHH6sIIIIIIIII', bytes.fromhex('D0CF11E0A1B11AE1'), bytes(16), 0x3E, 3,
                         0xFFFE, 9, 6, bytes(6), 0, 1, starts[0], 0, 4096, starts[1], n_minifat, END, 0)
    header += struct.pack('<109I', 0, *[FREE] * 108)
    return (header + struct.pack('<128I', *fat) + directory +
            struct.pack('<%dI' % len(minifat), *minifat).ljust(n_minifat * 512, b'\xff') +
            bytes(mini).ljust(n_mini * 512, b'\0'))


def trace(n, ip, host, subject, version=''):
    return version + ('Received: from %s (%s [%s]) by mx.victim.example (Postfix)\r\n\twith ESMTPS id 4M%d for'
                      ' <ann@victim.example>;\r\n\tTue, 11 Mar 2025 08:0%d:00 +0100\r\nFrom: Shop <x@shop.example>\r\n'
                      'To: ann@victim.example\r\nSubject: %s\r\nDate: Tue, 11 Mar 2025 08:0%d:00 +0100\r\n'
                      'Message-ID: <o%d@shop.example>\r\nContent-Type: multipart/alternative;\r\n\tboundary="b"\r\n\r\n'
                      % (host, host, ip, n, n, subject, n, n))


CERT = 'Microsoft Mail Internet Headers Version 2.0\r\n'
MX1, MX2, HOST = ('192.0.2.10', 'mx1.isp.example'), ('192.0.2.11', 'mx2.isp.example'), ('192.0.2.77', 'host77.shop.example')
FORWARD = {'0037': 'FW: Flowers', '0C1A': 'Ann', '5D01': 'ann@victim.example', '1000': 'Please look.\r\n'}
FILES = {  # name: (words, bytes, type, file name)
    'unicode': ('Die Nachricht ist angehängt.', compound(tree(
        {'0037': 'Möbel', '007D': trace(1, *MX1, 'Moebel', CERT), '1000': 'Günstig: http://shop.example/m\r\n'})),
                'application/vnd.ms-outlook', 'Möbel.msg'),
    '8bit': ('Voir la pièce jointe.', compound(tree(
        {'0037001E': b'Fleurs', '007D001E': trace(2, *MX2, 'Fleurs').encode(), '1000001E': b'D\xe9couvrez-les.\r\n'})),
             'application/octet-stream', 'Fleurs.msg'),
    'html': ('See the file.', compound(tree(
        {'007D': trace(3, *HOST, 'Lamps'), '10130102': b'<html><body>Buy <a href="http://shop.example/l">lamps</a></body></html>'})),
             'application/octet-stream', 'lamps'),
    'enclosed': ('Forwarded as an attachment.', compound(tree(
        dict(FORWARD, attach=[{'0037': 'Flowers', '007D': trace(4, *MX1, 'Flowers'), '1000': 'Roses.\r\n'}]))),
                 'application/vnd.ms-outlook', 'FW Flowers.msg'),
    'sent-copy': ('This one I found in a folder.', compound(tree(
        {'0037': 'Cheap ink', '0C1A': 'Ink', '5D01': 'ink@ink-store.example', '1000': 'Half price.\r\n'})),
                  'application/vnd.ms-outlook', 'ink.msg'),
    'broken': ('The file is attached.', compound(tree({'007D': trace(5, *MX1, 'Hats')}))[:700],
               'application/vnd.ms-outlook', 'hats.msg'),
    'not-a-message': ('My letter.', compound([('WordDocument', bytes(64)), ('1Table', bytes(64))]),
                      'application/msword', 'letter.doc'),
}


def main():
    for n, (name, (words, data, kind, filename)) in enumerate(FILES.items()):
        encoded = filename if filename.isascii() else '=?utf-8?B?%s?=' % base64.b64encode(filename.encode()).decode()
        text = ('Return-Path: <ann@victim.example>\nReceived: from mail.victim.example (mail.victim.example [198.51.100.5])'
                ' by mx1.isp.example (Postfix) with ESMTPS id 4N%d for <abuse@isp.example>; Thu, 13 Mar 2025 11:0%d:00 +0100\n'
                'From: Ann <ann@victim.example>\nTo: abuse@isp.example\nSubject: Complaint %d\n'
                'Date: Thu, 13 Mar 2025 11:0%d:00 +0100\nMessage-ID: <msg%d@victim.example>\nMIME-Version: 1.0\n'
                'Content-Type: multipart/mixed; boundary="=_ole"\n\n--=_ole\nContent-Type: text/plain; charset=utf-8\n'
                'Content-Transfer-Encoding: 8bit\n\n%s\n--=_ole\nContent-Type: %s; name="%s"\n'
                'Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="%s"\n\n%s--=_ole--\n'
                % (n, n, n, n, n, words, kind, encoded, encoded, base64.encodebytes(data).decode()))
        with open(os.path.join(sys.argv[1], 'attached-msg-%s.eml' % name), 'w', encoding='utf-8') as f:
            f.write(text)


main()
