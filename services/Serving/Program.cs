using Recommender.Hosting;
using Recommender.Serving;

return await ServiceHost.RunAsync("serving", args, builder => builder.AddServing(), app => app.MapServing());
