using Recommender.Features;
using Recommender.Hosting;

return await ServiceHost.RunAsync("features", args, builder => builder.AddFeatures(), app => app.MapFeatures());
