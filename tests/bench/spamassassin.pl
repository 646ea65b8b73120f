#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# spamassassin.pl MBOX: Mail::SpamAssassin's reading of the same trace fields (the peer of bench_hops).
# Messages are parsed beforehand; what is timed is extract_message_metadata alone, in CPU time,
# without rules, plugins or network.
use strict;
use warnings;
use Mail::SpamAssassin;
use Mail::SpamAssassin::PerMsgStatus;
use Time::HiRes 'clock_gettime', 'CLOCK_PROCESS_CPUTIME_ID';

open my $in, '<', $ARGV[0] or die "spamassassin.pl: $ARGV[0]: $!\n";
my @mails = split /^From gen .*\n/m, do { local $/; <$in> };
shift @mails;

my $nets = '198.51.100.0/24 192.0.2.0/24';
my $main = Mail::SpamAssassin->new({
    local_tests_only => 1, dont_copy_prefs => 1, userprefs_filename => '/dev/null',
    config_text => "clear_trusted_networks\nclear_internal_networks\n"
        . "trusted_networks $nets\ninternal_networks $nets\ndns_available no\nutil_rb_tld com\n",
});
$main->init(0);
my @parsed = map {
    my $mail = $main->parse($_, 0);
    [$mail, Mail::SpamAssassin::PerMsgStatus->new($main, $mail)]
} @mails;

my $start = clock_gettime(CLOCK_PROCESS_CPUTIME_ID);
$_->[0]->extract_message_metadata($_->[1]) for @parsed;
my $seconds = clock_gettime(CLOCK_PROCESS_CPUTIME_ID) - $start;

my ($relays, $unread, $fields) = (0, 0, 0);
for (@parsed) {
    my $metadata = $_->[0]->{metadata};
    $relays += @{$metadata->{relays_trusted}} + @{$metadata->{relays_untrusted}};
    $fields += () = $_->[0]->get_pristine_header('Received');
}
printf "seconds=%f mails=%d hops=%d relays=%d\n", $seconds, scalar @parsed, $fields, $relays;
