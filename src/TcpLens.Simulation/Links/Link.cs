using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>Which end of a link: the first or the second node that <see cref="World.Connect(IWorldNode, IWorldNode, Weather?, Weather?)"/> was given.</summary>
public enum LinkEnd : byte
{
    First,
    Second,
}

/// <summary>A link between two nodes: two directions, each with its weather.</summary>
public sealed class Link
{
    private readonly World _world;

    internal Link(World world, LinkDirection forth, LinkDirection back)
    {
        _world = world;
        Forth = forth;
        Back = back;
    }

    /// <summary>From the first node to the second.</summary>
    public LinkDirection Forth { get; }

    public LinkDirection Back { get; }

    /// <summary>Sets the weather of both directions.</summary>
    public void SetWeather(Weather weather) => Forth.Weather = Back.Weather = weather;

    /// <summary>Whatever is sent is lost, both ways, until <see cref="Restore"/>.</summary>
    public void Cut() => Forth.IsCut = Back.IsCut = true;

    public void Restore() => Forth.IsCut = Back.IsCut = false;

    /// <summary>Cuts the link at a time, and restores it after a while.</summary>
    public void CutAt(Instant from, TimeSpan duration)
    {
        _world.At(from, _ => Cut());
        _world.At(from + duration, _ => Restore());
    }

    /// <summary>
    /// Captures what a program at one end would capture: what that end sends, as it sends it, and what arrives there. Dispose it when the
    /// world has run.
    /// </summary>
    /// <param name="end">Where.</param>
    /// <param name="stream">Takes the file, in pcapng; it is not disposed of.</param>
    public LinkCapture Capture(LinkEnd end, Stream stream)
    {
        var capture = new LinkCapture(stream);
        (end == LinkEnd.First ? Forth : Back).AtBegin.Add(capture);
        (end == LinkEnd.First ? Back : Forth).AtEnd.Add(capture);
        return capture;
    }
}
