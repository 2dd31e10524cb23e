using TcpLens.Linux;
using TcpLens.Linux.Tests.Tracing;
using Xunit.Runner.InProc.SystemConsole;

// A guarded walk starts its own program as its helper (NetlinkPump): where a test walks, that is this one. And a test of what a process
// of its own can see starts this program again, in a place prepared for it.
return args switch
{
    [NetlinkPump.Verb] => NetlinkPump.Run(),
    [TracingElsewhere.Verb] => TracingElsewhere.Run(),
    [TracerProcess.Verb] => TracerProcess.Run(),
    _ => await ConsoleRunner.Run(args),
};
