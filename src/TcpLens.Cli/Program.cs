using TcpLens.Cli;
using TcpLens.Linux;

// Helpers are this same program; they must start fast, so they are told apart before anything else is built.
return args switch
{
    [NetlinkPump.Verb] => NetlinkPump.Run(),
    [RevertGuardian.Verb, .. var change] => RevertGuardian.Run(change, TimeProvider.System),
    _ => CommandLine.Run(args),
};
