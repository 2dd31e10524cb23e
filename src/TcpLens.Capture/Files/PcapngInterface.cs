using System.Text;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>An interface of a pcapng section: what a packet's block leaves to it.</summary>
internal readonly struct PcapngInterface
{
    private const ushort NameOption = 2;
    private const ushort DescriptionOption = 3;
    private const ushort ResolutionOption = 9;
    private const ushort FilterOption = 11;
    private const ushort OffsetOption = 14;

    // A name, a description or a filter longer than this is nobody's.
    private const int MaxText = 1024;

    private PcapngInterface(CaptureInterface shown, TimeScale time) => (Shown, Time, LinkType) = (shown, time, shown.LinkType);

    public CaptureInterface Shown { get; }

    public TimeScale Time { get; }

    public LinkType LinkType { get; }

    /// <summary>From the body of an interface description block, eight octets at least.</summary>
    public static PcapngInterface From(ReadOnlySpan<byte> body, ByteOrder order)
    {
        var shown = new CaptureInterface { LinkType = (LinkType)order.U16(body), SnapLength = order.U32(body[4..]) };
        byte resolution = TimeScale.DefaultResolution;
        long offset = 0;
        foreach (PcapngOption option in new PcapngOptions(body[8..], order))
        {
            switch (option.Code, option.Value.Length)
            {
                case (NameOption, _):
                    shown.Name = Text(option.Value);
                    break;
                case (DescriptionOption, _):
                    shown.Description = Text(option.Value);
                    break;
                case (FilterOption, > 1) when option.Value[0] == 0:
                    shown.Filter = Text(option.Value[1..]);
                    break;
                case (ResolutionOption, >= 1):
                    resolution = option.Value[0];
                    break;
                case (OffsetOption, >= 8):
                    offset = (long)order.U64(option.Value);
                    break;
            }
        }

        var time = new TimeScale(resolution, offset);
        shown.TicksPerSecond = time.TicksPerSecond;
        return new(shown, time);
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value[..Math.Min(value.Length, MaxText)]);
}
