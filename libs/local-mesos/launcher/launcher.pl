#!/usr/bin/perl
# Starts commands and waits for them: the process that local-mesos forks from. Needs only perl-base.
#
#   launcher.pl JOURNAL < requests
#
# Each request is its length in decimal digits, a line feed, and fields separated by NUL:
#   id, sandbox, file, number of environment variables, NAME=VALUE..., argv...
# The command runs in a session of its own, in its sandbox, with stdout and stderr there; the file
# `process` beside them holds its pid and, when it has ended, how.
#
# JOURNAL is appended to, a line at a time: `L pid time` (this launcher has started), `G id...` (is about to
# start these: after this line, and only then, an id may have run), `S id pid time` (started), `E id message`
# (could not be started), `X id wait-status time` (ended),
# `Z` (stdin has ended: an id that has no G by now never runs), `Q` (launcher has ended). A byte on stdout says
# that there is something new. At the end of stdin it goes on until its last child has ended.
use strict;
use warnings;
use POSIX ();
use Fcntl qw(O_WRONLY O_APPEND O_CREAT O_NONBLOCK F_GETFL F_SETFL);

my ($journal_path) = @ARGV;
sysopen(my $journal, $journal_path, O_WRONLY | O_APPEND | O_CREAT, 0644) or die "$journal_path: $!\n";
$SIG{PIPE} = 'IGNORE';
$SIG{$_} = 'IGNORE' for qw(INT TERM HUP);
$SIG{CHLD} = sub { };    # only to interrupt select
fcntl(STDOUT, F_SETFL, fcntl(STDOUT, F_GETFL, 0) | O_NONBLOCK);

my %running;             # pid => [id, sandbox]
my $input = '';
my $open  = 1;

note("L $$ " . time);
while ($open || %running) {
    reap();
    my $ready = '';
    vec($ready, 0, 1) = 1 if $open;
    # perl runs signal handlers late: a child that ends just before select would not interrupt it
    my $found = select($ready, undef, undef, %running ? 0.05 : $open ? undef : 0);
    next if $found <= 0 || !$open;
    my $got = sysread(STDIN, $input, 65536, length $input);
    if (!defined $got) { next if $!{EINTR} || $!{EAGAIN}; $got = 0; }
    serve();
    if ($got == 0) { $open = 0; note('Z'); }
}
note('Q');

sub serve {
    my @requests;
    while ($input =~ /^(\d+)\n/ && length($input) >= length($1) + 1 + $1) {
        push @requests, [ split /\0/, substr($input, length($1) + 1, $1), -1 ];
        substr($input, 0, length($1) + 1 + $1) = '';
    }
    return unless @requests;
    note(join ' ', 'G', map { $_->[0] } @requests);
    for my $request (@requests) { start(@$request); reap(); }
}

sub start {
    my ($id, $sandbox, $file, $variables, @rest) = @_;
    my $pid = fork();
    if (!defined $pid) { note("E $id cannot fork: $!\nX $id 32512 " . time); return; }
    if ($pid) { $running{$pid} = [ $id, $sandbox ]; return; }
    my $failed = sub { note("E $id @_: $!"); POSIX::_exit(127); };
    POSIX::setsid();
    mkdir $sandbox, 0755;
    chdir $sandbox                                                or $failed->("sandbox $sandbox");
    open(my $in, '<', '/dev/null')                                or $failed->('/dev/null');
    open(my $out, '>>', 'stdout')                                 or $failed->('stdout');
    open(my $err, '>>', 'stderr')                                 or $failed->('stderr');
    open(my $process, '>', 'process')                             or $failed->('process');
    syswrite($process, "pid $$\n");
    %ENV = map { /^([^=]*)=(.*)$/s ? ($1, $2) : () } splice @rest, 0, $variables;
    note("S $id $$ " . time);
    POSIX::dup2(fileno($in), 0);
    POSIX::dup2(fileno($out), 1);
    POSIX::dup2(fileno($err), 2);
    $SIG{$_} = 'DEFAULT' for qw(PIPE INT TERM HUP CHLD);
    { no warnings 'exec'; exec { $file } @rest; }
    my $reason = "$!";
    syswrite($journal, "E $id $file: $reason\n");
    POSIX::_exit(127);
}

sub reap {
    my $ended = '';
    while ((my $pid = waitpid(-1, POSIX::WNOHANG)) > 0) {
        my $status = $?;
        kill KILL => -$pid;    # what it left behind in its process group
        my $task = delete $running{$pid} or next;
        my ($id, $sandbox) = @$task;
        if (open(my $process, '>>', "$sandbox/process")) {
            syswrite($process, $status & 127 ? 'signal ' . ($status & 127) . "\n" : 'exit ' . ($status >> 8) . "\n");
        }
        $ended .= "X $id $status " . time . "\n";
    }
    return if $ended eq '';
    syswrite($journal, $ended);
    syswrite(STDOUT, "\n");
}

sub note {
    syswrite($journal, "$_[0]\n");
    syswrite(STDOUT, "\n");
}
