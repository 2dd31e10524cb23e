namespace TcpLens.Protocol.Tests;

public sealed class ControlBitsRulesTests
{
    [Theory]
    [InlineData("SYN", ControlBitsFault.None)]
    [InlineData("SYN+ACK", ControlBitsFault.None)]
    [InlineData("ACK", ControlBitsFault.None)]
    [InlineData("FIN+ACK", ControlBitsFault.None)]
    [InlineData("RST", ControlBitsFault.None)]
    [InlineData("RST+ACK", ControlBitsFault.None)]
    [InlineData("RST+PSH", ControlBitsFault.None)]
    [InlineData("SYN+PSH", ControlBitsFault.None)]
    [InlineData("PSH+URG+ACK+FIN", ControlBitsFault.None)]
    [InlineData("SYN+FIN", ControlBitsFault.SynFin)]
    [InlineData("SYN+FIN+ACK", ControlBitsFault.SynFin)]
    [InlineData("SYN+RST", ControlBitsFault.SynRst)]
    [InlineData("FIN+RST", ControlBitsFault.FinRst)]
    [InlineData("SYN+FIN+RST", ControlBitsFault.SynFin)]
    [InlineData("none", ControlBitsFault.Null)]
    [InlineData("ECE", ControlBitsFault.Null)]
    [InlineData("xmas", ControlBitsFault.Christmas)]
    [InlineData("FIN", ControlBitsFault.NoAck)]
    [InlineData("PSH", ControlBitsFault.NoAck)]
    [InlineData("URG", ControlBitsFault.NoAck)]
    public void An_illegal_combination_is_named(string text, ControlBitsFault fault)
    {
        Assert.True(ControlBitsText.TryParse(text, out ControlBits bits));
        Assert.Equal(fault, bits.Fault);
    }

    [Fact]
    public void Congestion_bits_change_no_verdict()
    {
        for (ushort number = 0; number <= (ushort)ControlBits.All; number++)
        {
            ControlBits bits = (ControlBits)number;
            Assert.Equal((bits & ~ControlBits.Congestion).Fault, bits.Fault);
        }
    }

    [Fact]
    public void Has_wants_every_bit()
    {
        Assert.True((ControlBits.Syn | ControlBits.Ack).Has(ControlBits.Syn | ControlBits.Ack));
        Assert.False(ControlBits.Syn.Has(ControlBits.Syn | ControlBits.Ack));
    }
}
