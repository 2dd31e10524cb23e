namespace TcpLens.Linux;

/// <summary>What a thread may do beyond an ordinary user (capabilities(7), linux/capability.h), of which these concern TcpLens.</summary>
[Flags]
public enum Capabilities : ulong
{
    None = 0,
    DacReadSearch = 1UL << 2,
    NetAdmin = 1UL << 12,
    NetRaw = 1UL << 13,
    SysPtrace = 1UL << 19,
    SysAdmin = 1UL << 21,
    Perfmon = 1UL << 38,
    Bpf = 1UL << 39,
}
