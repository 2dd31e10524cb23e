using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// What is kept of the steps of both ends: where they are, and how they came there, one ulong a step. A connection that is open has
/// taken four steps; those that follow stand apart, since who takes them is about to end.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct StateTimeline
{
    public FirstSteps First;

    /// <summary>Where the later steps are; 0 while there are none.</summary>
    public int Later;

    public EndState Originator;
    public EndState Responder;
    public byte Count;

    /// <summary>True when steps were left out for want of room.</summary>
    public bool IsCut;

    /// <summary>True once either end was ESTABLISHED.</summary>
    public bool WasEstablished;

    /// <summary>True once a state was guessed, because the capture lacks a beginning.</summary>
    public bool HasGuesses;

    public readonly EndState this[ConnectionEnd end] => end == ConnectionEnd.Originator ? Originator : Responder;

    [UnscopedRef]
    public ref EndState Present(ConnectionEnd end) => ref end == ConnectionEnd.Originator ? ref Originator : ref Responder;
}

[InlineArray(Capacity)]
internal struct FirstSteps
{
    public const int Capacity = 4;

    private ulong _first;
}

/// <summary>A whole life of both ends has ten steps; the rest are for what is sent again and reset.</summary>
[InlineArray(Capacity)]
internal struct LaterSteps
{
    public const int Capacity = 12;

    private ulong _first;
}
