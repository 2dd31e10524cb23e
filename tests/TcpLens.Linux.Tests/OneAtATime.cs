// Tests here look at real processes and real sockets. A child that some other test starts holds, between fork and exec, every
// descriptor of this process: a socket that is closed meanwhile stays open a moment longer, and has one holder more.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
