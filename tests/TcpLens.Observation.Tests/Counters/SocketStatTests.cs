using System.Text;

namespace TcpLens.Observation.Tests.Counters;

public sealed class SocketStatTests
{
    private const string Sockstat = "sockets: used 15\nTCP: inuse 1 orphan 2 tw 3 alloc 4 mem 5\nUDP: inuse 9 mem 9\n";

    [Theory]
    [InlineData("TCP6: inuse 6\nUDP6: inuse 7\n", 6)]
    [InlineData("", 0)]
    public void Both_files_make_six_numbers_and_without_IPv6_the_last_is_zero(string sockstat6, long inUseV6)
        => Assert.Equal(
            new SocketStat(InUse: 1, TimeWait: 3, Orphans: 2, Allocated: 4, MemoryPages: 5, inUseV6),
            Parse(Sockstat, sockstat6));

    [Theory]
    [InlineData("")]
    [InlineData("UDP: inuse 9 mem 9\n")]
    [InlineData("XTCP: inuse 9\n")]
    public void Without_a_line_for_TCP_there_is_no_answer(string sockstat) => Assert.Null(Parse(sockstat, ""));

    private static SocketStat? Parse(string sockstat, string sockstat6)
        => SocketStat.Parse(Encoding.ASCII.GetBytes(sockstat), Encoding.ASCII.GetBytes(sockstat6));
}
