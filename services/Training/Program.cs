using Recommender.Hosting;
using Recommender.Training;

return await ServiceHost.RunAsync("training", args, builder => builder.AddTraining(), app => app.MapTraining());
