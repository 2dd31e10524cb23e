using TcpLens.Cli;
using TcpLens.Linux;

// The helper of a guarded walk is this same program; it must start fast, so it is told apart before anything else is built.
return args is [NetlinkPump.Verb] ? NetlinkPump.Run() : CommandLine.Run(args);
