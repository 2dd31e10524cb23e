using System.Runtime.CompilerServices;

namespace TcpLens.Capture.Tests;

public sealed class ConnectionSlotTests
{
    /// <summary>600 octets a live connection are promised (docs/performance.md); the rest is the table's and for what is under way.</summary>
    [Fact]
    public void What_is_remembered_of_a_live_connection_fits_into_516_octets() => Assert.InRange(Unsafe.SizeOf<ConnectionSlot>(), 1, 516);
}
