using FsCheck;
using FsCheck.Fluent;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class ColumnFitTests
{
    private static readonly Column[] Columns =
    [
        new("State"),
        new("Local"),
        new("Process") { Cut = Cut.End, MinWidth = 4, Priority = 1 },
        new("Timer") { Priority = 2 },
    ];

    [Theory]
    [InlineData(null, new[] { 5, 15, 20, 10 })]
    [InlineData(56, new[] { 5, 15, 20, 10 })]
    [InlineData(50, new[] { 5, 15, 14, 10 })] // cut what may be cut
    [InlineData(40, new[] { 5, 15, 4, 10 })] // down to its minimum
    [InlineData(39, new[] { 5, 15, 15, -1 })] // then the least needed goes, and the room is given back
    [InlineData(27, new[] { 5, 15, -1, -1 })]
    [InlineData(20, new[] { 5, 13, -1, -1 })] // then whatever is left is cut
    [InlineData(4, new[] { 1, 1, -1, -1 })]
    [InlineData(3, new[] { 3, -1, -1, -1 })]
    public void Columns_give_way_in_the_order_of_their_priority(int? room, int[] expected)
        => Assert.Equal(expected, ColumnFit.Fit(Columns, [5, 15, 20, 10], room));

    [Fact]
    public void Whatever_the_columns_and_the_room_the_line_fits_and_something_is_shown()
    {
        Gen<(Column Column, int Natural)> column =
            from cut in Gen.Elements(Cut.Never, Cut.End, Cut.Start)
            from least in Gen.Choose(1, 12)
            from priority in Gen.Choose(0, 3)
            from natural in Gen.Choose(1, 60)
            select (new Column("x") { Cut = cut, MinWidth = least, Priority = priority }, natural);
        var cases =
            from columns in column.NonEmptyListOf()
            from room in Gen.Choose(1, 200)
            select (columns, room);

        Prop.ForAll(Arb.From(cases), given =>
        {
            (var columns, int room) = given;
            int[] widths = ColumnFit.Fit(columns.Select(each => each.Column).ToArray(), columns.Select(each => each.Natural).ToArray(), room);
            int[] shown = [.. widths.Where(width => width != ColumnFit.Dropped)];
            return shown.Length > 0 && shown.All(width => width > 0) && shown.Sum() + (ColumnFit.Gap * (shown.Length - 1)) <= room;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
