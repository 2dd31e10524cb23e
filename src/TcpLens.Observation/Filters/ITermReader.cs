using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>The terms of a dialect: sockets and connections are asked about in one grammar with words of their own.</summary>
internal interface ITermReader
{
    /// <summary>The term that begins here; null when the reader holds an error.</summary>
    FilterExpression? Parse();

    /// <summary>One state, group of states, or several with commas between; null when the reader holds an error.</summary>
    StateSet? StatesOf(FilterToken value);

    FilterExpression InStates(StateSet states);
}
