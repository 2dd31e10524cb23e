using TcpLens.Linux;
using Xunit.Runner.InProc.SystemConsole;

// A guarded walk starts its own program as its helper (NetlinkPump): where a test walks, that is this one.
return args is [NetlinkPump.Verb] ? NetlinkPump.Run() : await ConsoleRunner.Run(args);
