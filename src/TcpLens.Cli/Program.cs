using TcpLens.Cli;
using TcpLens.Linux;

// A helper is this same program; it must start fast, so it is told apart before anything else is built.
return args switch
{
    [NetlinkPump.Verb] => NetlinkPump.Run(),
    [KeepAliveHelper.Verb] => KeepAliveHelper.Run(),
    [RevertGuardian.Verb, .. var change] => RevertGuardian.Run(change, TimeProvider.System),
    _ => CommandLine.Run(args),
};
