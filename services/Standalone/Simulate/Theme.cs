namespace Recommender.Standalone.Simulate;

/// <summary>What a video can be about.</summary>
/// <param name="Tag">Its tag.</param>
/// <param name="Subjects">Beginnings of titles.</param>
internal sealed record Theme(string Tag, params IReadOnlyList<string> Subjects)
{
    /// <summary>Every theme of the simulated world.</summary>
    public static IReadOnlyList<Theme> All { get; } =
    [
        new("cooking", "Crispy tofu", "Sunday dumplings", "A soup for cold days", "Bread without kneading", "Three-minute noodles", "Grandma's pie"),
        new("football", "A goal from midfield", "Freekick practice", "The keeper's best day", "Street football", "Last-minute equaliser", "Nutmeg collection"),
        new("surfing", "Sunrise swell", "First wave ever", "Waxing the board", "Barrel after barrel", "Longboard dance", "Wipeout Wednesday"),
        new("cats", "Cat against cucumber", "The loaf position", "Midnight zoomies", "Box is life", "Kitten meets mirror", "Professional napper"),
        new("dogs", "Puppy's first snow", "Fetch champion", "The guilty look", "Bath time", "Shelter to sofa", "Tricks for treats"),
        new("gardening", "Tomatoes on a balcony", "Compost in a week", "Pruning roses", "Seed to salad", "A pond in a barrel", "Winter beds"),
        new("guitar", "Three chords, one song", "Fingerstyle rain", "Slide guitar blues", "A riff you know", "Restringing in a minute", "Bedroom solo"),
        new("chess", "Mate in three", "The trap in the opening", "Blitz in the park", "Queen sacrifice", "Endgame in a minute", "Blunder of the week"),
        new("space", "A rocket lands", "Saturn through a phone", "Night on Mars", "The station passes over", "How black is a hole", "Moon close-up"),
        new("woodworking", "Dovetails by hand", "A spoon from a branch", "The one-board stool", "Sharpening a plane", "Bowl on the lathe", "Glue-up panic"),
        new("makeup", "Five-minute face", "Eyeliner that stays", "Stage look", "Glass skin", "From bare to ball", "Thrifted palette"),
        new("gaming", "Speedrun record", "The secret level", "Boss on one life", "Co-op chaos", "Tiny castle build", "Lag or skill"),
        new("travel", "Night train north", "Twelve hours in Lisbon", "A hut above the clouds", "Street food alley", "The emptiest beach", "Packing in one bag"),
        new("fitness", "Ten-minute core", "First pull-up", "Kettlebell flow", "Stretch at your desk", "Running in the rain", "Plank ladder"),
        new("comedy", "Office calls, honestly", "My uncle explains", "Airport people", "If apps were roommates", "The longest queue", "Parents and phones"),
        new("painting", "Clouds in oil", "One-line portrait", "Watercolour harbour", "Palette knife sunset", "Miniature forest", "Fixing a mistake"),
    ];

    /// <summary>Second halves of titles.</summary>
    public static IReadOnlyList<string> Endings { get; } =
        ["", ", part two", ", slowly", ", explained", ", gone wrong", ", the long version", ", without words", ", from above", " at night", " with a twist"];
}
